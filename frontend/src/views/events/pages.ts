/** A stretch of a long list that is read by pages: what is loaded, and what to ask for next at either end. */

export interface Numbered {
  event: number;
}

export interface Page<R extends Numbered> {
  rows: R[];
  older: number | null;
  newer: number;
}

/** So many rows are held at once; what one has read past is let go, and asked for again when one comes back. */
export const HELD = 4000;

export interface Stretch<R extends Numbered> {
  rows: readonly R[];
  /** Ask for what is before this; null: there is nothing older. */
  older: number | null;
  /** Ask for what is after this. */
  newer: number;
  /** Newer rows were let go: the end of the list is not the end of what is known. */
  cut: boolean;
}

export const NOTHING: Stretch<never> = { rows: [], older: null, newer: 0, cut: false };

export function begin<R extends Numbered>(page: Page<R>): Stretch<R> {
  return { rows: page.rows, older: page.older, newer: page.newer, cut: false };
}

export function withOlder<R extends Numbered>(held: Stretch<R>, page: Page<R>, most = HELD): Stretch<R> {
  const first = held.rows[0]?.event ?? Infinity;
  const rows = [...page.rows.filter((row) => row.event < first), ...held.rows];
  const cut = rows.length > most;
  const kept = cut ? rows.slice(0, most) : rows;
  return { rows: kept, older: page.older, newer: cut ? kept.at(-1)!.event : held.newer, cut: held.cut || cut };
}

export function withNewer<R extends Numbered>(held: Stretch<R>, page: Page<R>, most = HELD): Stretch<R> {
  const last = held.rows.at(-1)?.event ?? -1;
  const fresh = page.rows.filter((row) => row.event > last);
  const more = { newer: page.newer, cut: false };
  if (fresh.length === 0) return { ...held, ...more };
  const rows = [...held.rows, ...fresh];
  if (rows.length <= most) return { rows, older: held.older, ...more };
  const kept = rows.slice(rows.length - most);
  return { rows: kept, older: kept[0]!.event, ...more };
}

/** The index of the first row that is not before `event`. */
export function indexOf(rows: readonly Numbered[], event: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]!.event < event) low = middle + 1;
    else high = middle;
  }
  return low;
}
