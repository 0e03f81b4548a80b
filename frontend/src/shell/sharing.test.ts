import { expect, it } from 'vitest';
import { codeIn, linkOf } from './sharing';

it('puts a run into an address and takes it out again', () => {
  const link = linkOf({ origin: 'http://127.0.0.1:8000', pathname: '/' }, 'eJx-_9');
  expect(link).toBe('http://127.0.0.1:8000/#run=eJx-_9');
  expect(codeIn(` ${link}\n`)).toBe('eJx-_9');
});

it('takes a code or a file as it stands', () => {
  expect(codeIn(' eJx ')).toBe('eJx');
  expect(codeIn('{"orrery": "run/1"}')).toBe('{"orrery": "run/1"}');
});
