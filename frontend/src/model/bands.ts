/** The painted time line: who led when, from the marks of elections. */
import type { Mark } from '../wire';

export interface Band {
  fromNs: number;
  toNs: number;
  /** null: nobody led. */
  term: number | null;
  leader: string;
}

/** Bands from the run's beginning to `nowNs`; a term whose number no mark tells is left out. */
export function bandsOf(marks: readonly Mark[], nowNs: number): Band[] {
  const bands: Band[] = [];
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
