import { expect, it } from 'vitest';
import type { Mark } from '../wire';
import { bandsOf } from './bands';

const mark = (t_ns: number, kind: Mark['kind'], term?: number): Mark => ({
  id: t_ns, t_ns, kind, flow: 0, subject: 'etcd-1', prominent: true, args: term === undefined ? {} : { term },
});

it('paints terms from leader to leader, and red where nobody leads', () => {
  const bands = bandsOf([mark(10, 'leader', 1), mark(40, 'no-leader'), mark(45, 'no-leader'), mark(50, 'leader', 2)], 90);
  expect(bands.map((b) => [b.fromNs, b.toNs, b.term])).toEqual([[10, 40, 1], [40, 50, null], [50, 90, 2]]);
});

it('begins with who led when the recording begins', () => {
  const first = { fromNs: 5, term: 3, leader: 'etcd-2' };
  expect(bandsOf([mark(40, 'no-leader')], 90, first).map((b) => [b.fromNs, b.toNs, b.term])).toEqual([[5, 40, 3], [40, 90, null]]);
  expect(bandsOf([mark(2, 'leader', 3)], 90, first)).toHaveLength(1);
  expect(bandsOf([mark(2, 'no-leader', 1), mark(3, 'leader', 2)], 9).map((b) => [b.fromNs, b.toNs, b.term])).toEqual([[0, 2, 1], [2, 3, null], [3, 9, 2]]);
});
