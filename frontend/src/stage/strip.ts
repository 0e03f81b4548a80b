/** The small log on an etcd card: the same columns on every member, so that one sees who is behind. */
import type { RaftRecord } from '../wire';

export interface Cell {
  index: number;
  state: 'committed' | 'uncommitted' | 'missing';
  term: number;
  text: string;
}

export function lastIndexOf(rafts: Iterable<RaftRecord>): number {
  let last = 0;
  for (const raft of rafts) last = Math.max(last, raft.last_index);
  return last;
}

/** `columns` cells that end with `lastIndex`, the newest entry that any member has. */
export function stripOf(raft: RaftRecord, lastIndex: number, columns: number): Cell[] {
  const terms = new Map(raft.log.map((entry) => [entry.index, entry]));
  const first = Math.max(1, lastIndex - columns + 1);
  return Array.from({ length: columns }, (_, i) => {
    const index = first + i;
    const entry = terms.get(index);
    const has = index <= raft.last_index && (entry !== undefined || index < (raft.log[0]?.index ?? Infinity));
    return {
      index,
      term: entry?.term ?? 0,
      text: entry?.text ?? '',
      state: !has ? 'missing' : index <= raft.commit ? 'committed' : 'uncommitted',
    };
  });
}

/** Terms take turns in four shades; the number is always written beside. */
export function termShade(term: number): string {
  return `var(--term-${term % 4})`;
}

/** The ink that can be read on a term's shade. */
export function termInk(term: number): string {
  return term % 2 === 1 ? 'var(--on-term-light)' : 'var(--on-term)';
}
