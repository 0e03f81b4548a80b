import { describe, expect, it } from 'vitest';
import { begin, indexOf, withNewer, withOlder } from './pages';

const rows = (...events: number[]) => events.map((event) => ({ event }));
const events = (held: { rows: readonly { event: number }[] }) => held.rows.map((row) => row.event);

describe('a list that is read by pages', () => {
  const held = begin({ rows: rows(10, 12, 14), older: 10, newer: 15 });

  it('grows at both ends, each row once', () => {
    const grown = withNewer(withOlder(held, { rows: rows(6, 8, 10), older: 6, newer: 9 }), { rows: rows(14, 16), older: 16, newer: 16 });
    expect(events(grown)).toEqual([6, 8, 10, 12, 14, 16]);
    expect([grown.older, grown.newer]).toEqual([6, 16]);
  });

  it('lets go of the other end, and knows where to ask for it again', () => {
    const older = withOlder(held, { rows: rows(6, 8), older: 6, newer: 9 }, 4);
    expect(events(older)).toEqual([6, 8, 10, 12]);
    expect([older.newer, older.cut]).toEqual([12, true]);
    const newer = withNewer(older, { rows: rows(14, 16), older: 14, newer: 17 }, 4);
    expect(events(newer)).toEqual([10, 12, 14, 16]);
    expect([newer.older, newer.cut]).toEqual([10, false]);
  });

  it('stays the same when nothing is new', () => {
    const same = withNewer(held, { rows: [], older: 20, newer: 20 });
    expect(same.rows).toBe(held.rows);
    expect(same.newer).toBe(20);
  });

  it('knows its end when nothing older is there', () => {
    expect(withOlder(held, { rows: [], older: null, newer: 9 }).older).toBeNull();
  });

  it('finds a row by its number', () => {
    expect([indexOf(held.rows, 9), indexOf(held.rows, 12), indexOf(held.rows, 13), indexOf(held.rows, 99)]).toEqual([0, 1, 2, 3]);
  });
});
