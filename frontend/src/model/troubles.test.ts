import { expect, it } from 'vitest';
import type { Mark } from '../wire';
import { troublesOf } from './troubles';

let id = 0;
const mark = (t_ns: number, kind: Mark['kind'], subject: string): Mark => ({ id: (id += 1), t_ns, kind, flow: 0, subject, prominent: true, args: {} });
const told = (marks: Mark[], now: number) => troublesOf(marks, now).map((item) => [item.kind, item.subject, item.fromNs, item.toNs, item.row]);

it('lasts from the fault to what mends it, or to now', () => {
  expect(told([mark(10, 'fault', 'cp-1/etcd'), mark(30, 'heal', 'cp-1/etcd'), mark(40, 'fault', 'worker-1'), mark(60, 'node-not-ready', 'worker-1')], 90)).toEqual([
    ['fault', 'cp-1/etcd', 10, 30, 0],
    ['fault', 'worker-1', 40, 90, 0],
    ['not-ready', 'worker-1', 60, 90, 1],
  ]);
});

it('ends all faults where everything is healed, and leaves nodes to their own time', () => {
  expect(told([mark(1, 'fault', 'a'), mark(2, 'fault', 'b'), mark(3, 'node-not-ready', 'a'), mark(5, 'heal', ''), mark(8, 'node-ready', 'a')], 9)).toEqual([
    ['fault', 'a', 1, 5, 0],
    ['fault', 'b', 2, 5, 1],
    ['not-ready', 'a', 3, 8, 2],
  ]);
});

it('knows nothing of what is still to come', () => {
  expect(told([mark(10, 'fault', 'a'), mark(20, 'heal', 'a')], 15)).toEqual([['fault', 'a', 10, 15, 0]]);
});
