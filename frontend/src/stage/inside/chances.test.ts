import { expect, it } from 'vitest';
import { chances } from './chances';

it('three endpoints are equally likely', () => {
  expect(chances([1 / 3, 1 / 2, 1]).map((chance) => Number(chance.toFixed(3)))).toEqual([0.333, 0.333, 0.333]);
});
