import { expect, it } from 'vitest';
import { shortLabel } from './words';

it.each([
  ['PATCH pods/web-6d994c4544-4c5cj/status', 'PATCH pods/web-4c5cj/status'],
  ['POST events web-6d994c4544-4c5cj.18eaf14072e6d9…', 'POST events web-4c5cj'],
  ['AppendEntries 41–42', 'AppendEntries 41–42'],
  ['GET nodes/worker-1', 'GET nodes/worker-1'],
  ['4174332 bytes', '4MiB'],
])('%s is said %s', (label, said) => expect(shortLabel(label)).toBe(said));
