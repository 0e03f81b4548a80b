import { describe, expect, it } from 'vitest';
import type { AnyRecord, Batch, ChapterView, Snapshot } from '../wire';
import { type Archive, type ChapterText, Recording } from './recording';

const host = (up: boolean) => ({ type: 'host', id: 'host/a', name: 'a', up }) as unknown as AnyRecord;
const snapshot = (now_ns: number, up: boolean) => ({ type: 'snapshot', seq: 0, now_ns, records: [host(up)], messages: [], marks: [], pace: { focus: null } }) as unknown as Snapshot;
const batch = (from_ns: number, to_ns: number, up?: boolean) =>
  ({ type: 'batch', seq: 1, stretch: { from_ns, to_ns, wall_ms: 10 }, changes: up === undefined ? [] : [{ t_ns: to_ns, id: 'host/a', record: host(up) }] }) as unknown as Batch;

class Shelf implements Archive {
  asked: number[] = [];
  chapters: ChapterView[] = [1, 2, 3].map((number) => ({ number, from_ns: number * 100, to_ns: number * 100 + 100 }));

  index(): Promise<ChapterView[]> {
    return Promise.resolve(this.chapters);
  }

  chapter(number: number): Promise<ChapterText> {
    this.asked.push(number);
    const from = number * 100;
    return Promise.resolve({ snapshot: snapshot(from, true), batches: [batch(from, from + 50, false), batch(from + 50, from + 100, true)] });
  }
}

function recording() {
  const shelf = new Shelf();
  const made = new Recording(shelf);
  made.live.load(snapshot(400, true), false);
  made.begin(100);
  return { shelf, made };
}
const up = (made: Recording, ns: number) => (made.find(ns)!.timeline.at('host/a', ns) as unknown as { up: boolean }).up;

describe('the recording', () => {
  it('has the present at hand and fetches the past a chapter at a time', async () => {
    const { shelf, made } = recording();
    expect(made.find(400)!.timeline).toBe(made.live);
    expect(made.find(260)).toBeNull();
    expect(await made.fetch(260)).toBe(true);
    expect(up(made, 230)).toBe(true);
    expect(up(made, 260)).toBe(false);
    expect(await made.fetch(220)).toBe(true);
    expect(shelf.asked).toEqual([2]);
  });

  it('at a seam looks ahead or back as it is gone through', async () => {
    const { made } = recording();
    await made.fetch(200);
    await made.fetch(200, true);
    expect(made.find(200)!.fromNs).toBe(200);
    expect(made.find(200, true)!.fromNs).toBe(100);
  });

  it('keeps a few chapters only', async () => {
    const { shelf, made } = recording();
    shelf.chapters = Array.from({ length: 20 }, (_, i) => ({ number: i + 1, from_ns: (i + 1) * 100, to_ns: (i + 2) * 100 }));
    made.live.load(snapshot(3000, true), false);
    for (let ns = 150; ns < 1900; ns += 100) await made.fetch(ns);
    expect(made.find(150)).toBeNull();
    expect(made.find(1850)).not.toBeNull();
    expect(shelf.asked).toHaveLength(18);
  });

  it('forgets everything when another run begins', async () => {
    const { made } = recording();
    await made.fetch(260);
    made.begin(100);
    expect(made.find(260)).toBeNull();
  });

  it('says so when an instant cannot be had', async () => {
    const { shelf, made } = recording();
    shelf.chapter = () => Promise.reject(new Error('gone'));
    expect(await made.fetch(260)).toBe(false);
  });
});
