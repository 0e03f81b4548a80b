/** The painted time line: how long something was broken, from the marks of faults and of what mended them. */
import type { Mark } from '../wire';

export interface Trouble {
  subject: string;
  kind: 'fault' | 'not-ready';
  fromNs: number;
  toNs: number;
  /** The row that it is drawn in: troubles that overlap stand one below the other. */
  row: number;
}

const BEGINS: Partial<Record<Mark['kind'], Trouble['kind']>> = { fault: 'fault', 'node-not-ready': 'not-ready' };
const ENDS: Partial<Record<Mark['kind'], Trouble['kind']>> = { heal: 'fault', 'node-ready': 'not-ready' };

/** What was broken from when to when, up to `nowNs`; `rows` at the most. Marks come in the order of time. */
export function troublesOf(marks: readonly Mark[], nowNs: number, rows = 3): Trouble[] {
  const open = new Map<string, Trouble>();
  const found: Trouble[] = [];
  const end = (key: string, at: number) => {
    const trouble = open.get(key);
    if (trouble) trouble.toNs = at;
    open.delete(key);
  };
  for (const mark of marks) {
    if (mark.t_ns > nowNs) break;
    const begins = BEGINS[mark.kind];
    const ends = ENDS[mark.kind];
    if (begins && !open.has(`${begins}/${mark.subject}`)) {
      const taken = new Set([...open.values()].map((trouble) => trouble.row));
      let row = 0;
      while (taken.has(row)) row += 1;
      const trouble = { subject: mark.subject, kind: begins, fromNs: mark.t_ns, toNs: nowNs, row: Math.min(row, rows - 1) };
      open.set(`${begins}/${mark.subject}`, trouble);
      found.push(trouble);
    } else if (ends && mark.subject === '') {
      for (const [key, trouble] of [...open]) if (trouble.kind === ends) end(key, mark.t_ns);
    } else if (ends) end(`${ends}/${mark.subject}`, mark.t_ns);
  }
  return found;
}
