/** The painted time line: who led when, from the marks of elections. */
import type { Mark } from '../wire';

export interface Band {
  fromNs: number;
  toNs: number;
  /** null: nobody led. */
  term: number | null;
  leader: string;
}

/** Who led when the recording begins. */
export interface FirstLeader {
  fromNs: number;
  term: number;
  leader: string;
}

/** Bands from `first`, or the first mark that tells, to `nowNs`; a term whose number nothing tells is left out. */
export function bandsOf(marks: readonly Mark[], nowNs: number, first: FirstLeader | null = null): Band[] {
  const bands: Band[] = [];
  const told = marks.find((mark) => mark.kind === 'leader' || mark.kind === 'no-leader');
  const lost = told?.kind === 'no-leader' ? told.args['term'] : undefined;
  if (first && (!told || told.t_ns > first.fromNs)) bands.push({ ...first, toNs: nowNs });
  else if (told && lost !== undefined) bands.push({ fromNs: 0, toNs: told.t_ns, term: Number(lost), leader: told.subject });
  const close = (t: number) => {
    const last = bands.at(-1);
    if (last) last.toNs = t;
  };
  for (const mark of marks) {
    if (mark.t_ns > nowNs) break;
    if (mark.kind === 'no-leader') {
      if (bands.at(-1)?.term === null) continue;
      close(mark.t_ns);
      bands.push({ fromNs: mark.t_ns, toNs: nowNs, term: null, leader: '' });
    } else if (mark.kind === 'leader' && mark.args['term'] !== undefined) {
      close(mark.t_ns);
      bands.push({ fromNs: mark.t_ns, toNs: nowNs, term: Number(mark.args['term']), leader: mark.subject });
    }
  }
  return bands;
}
