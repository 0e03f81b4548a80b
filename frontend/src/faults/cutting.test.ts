import { expect, it } from 'vitest';
import { cutOf, type Place } from './cutting';

const place = (name: string, left: number, top: number): Place => ({ name, left, top, right: left + 100, bottom: top + 100 });
const places = [place('cp-1', 0, 0), place('cp-2', 200, 0), place('worker-1', 0, 300), place('worker-2', 200, 300)];

it('splits the hosts on both sides of a line', () => {
  expect(cutOf(places, { x: 150, y: -20 }, { x: 150, y: 420 })).toEqual({ kind: 'split', groups: [['cp-2', 'worker-2'], ['cp-1', 'worker-1']] });
  expect(cutOf(places, { x: -20, y: 200 }, { x: 400, y: 200 })).toEqual({ kind: 'split', groups: [['cp-1', 'cp-2'], ['worker-1', 'worker-2']] });
});

it('cuts the link between the hosts that it joins', () => {
  expect(cutOf(places, { x: 50, y: 50 }, { x: 250, y: 350 })).toEqual({ kind: 'link', a: 'cp-1', b: 'worker-2' });
});

it('does nothing for a slip, within one host, or where all stand on one side', () => {
  expect(cutOf(places, { x: 150, y: 150 }, { x: 160, y: 150 })).toBeNull();
  expect(cutOf(places, { x: 10, y: 10 }, { x: 90, y: 90 })).toBeNull();
  expect(cutOf(places, { x: 500, y: 0 }, { x: 500, y: 400 })).toBeNull();
});
