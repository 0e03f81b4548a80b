import { expect, it } from 'vitest';
import { allOf } from './clauses';
import { ko } from './ko';

it('joins English clauses with commas and a last "and"', () => {
  expect(allOf(['a'], 'en')).toBe('a');
  expect(allOf(['a', 'b'], 'en')).toBe('a and b');
  expect(allOf(['a', 'b', 'c'], 'en')).toBe('a, b and c');
});

it('gives all but the last Korean clause the ending that goes on', () => {
  expect(allOf(['cpu를 500m 덜 요청하면', 'zone=a 레이블이 있으면', '한도를 풀면'], 'ko')).toBe('cpu를 500m 덜 요청하고 zone=a 레이블이 있고 한도를 풀면');
});

it('finds each Korean remedy a clause that can be joined', () => {
  for (const [key, text] of Object.entries(ko)) if (key.startsWith('remedy.')) expect(text, key).toMatch(/면$/);
});
