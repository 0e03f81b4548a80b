/**
 * Everything the browser was told, by virtual time.
 *
 * The rules: a record's versions are kept in the order of their instants, so any past instant is a look-up; a journal of
 * changes lets a cursor move forward or back and learn which records differ, so playing and scrubbing are the same code;
 * memory is bounded by forgetting the oldest versions, and `horizonNs` says from when on the recording is whole.
 * Nothing about a cluster is computed here.
 */
import type { AnyRecord, Batch, Change, Mark, Snapshot } from '../wire';
import { MessageLog } from './messages';
import { PaceLog } from './pacelog';

interface Versions {
  times: number[];
  values: (AnyRecord | null)[];
}

interface JournalEntry {
  t: number;
  id: string;
}

export class Timeline {
  readonly messages: MessageLog;
  readonly paces = new PaceLog();
  marks: Mark[] = [];
  /** From this instant on the recording is whole. */
  horizonNs = 0;
  /** The latest instant of which the browser was told. */
  endNs = 0;
  private readonly versions = new Map<string, Versions>();
  private focus: { times: number[]; flows: (number | null)[] } = { times: [], flows: [] };
  private journal: JournalEntry[] = [];
  private journalStart = 0;
  private readonly markIds = new Set<number>();

  constructor(private readonly limit = 40_000) {
    this.messages = new MessageLog(limit);
  }

  /** How many versions are kept. */
  get size(): number {
    return this.journal.length;
  }

  /** Begins anew from a snapshot, unless it goes on with what is known: then the past is kept. */
  load(snapshot: Snapshot, keepPast: boolean): void {
    if (!keepPast) {
      this.clear();
      this.horizonNs = snapshot.now_ns;
    }
    const present = new Set<string>();
    for (const record of snapshot.records) {
      present.add(record.id);
      this.change({ t_ns: snapshot.now_ns, id: record.id, record });
    }
    for (const id of [...this.versions.keys()]) {
      if (!present.has(id)) this.change({ t_ns: snapshot.now_ns, id, record: null });
    }
    for (const message of snapshot.messages) this.messages.add(message);
    for (const mark of snapshot.marks) this.mark(mark);
    this.focusOn(snapshot.now_ns, snapshot.pace.focus);
    this.endNs = Math.max(this.endNs, snapshot.now_ns);
  }

  extend(batch: Batch): void {
    for (const change of batch.changes ?? []) this.change(change);
    for (const message of batch.messages ?? []) this.messages.add(message);
    for (const outcome of batch.outcomes ?? []) this.messages.settle(outcome);
    for (const mark of batch.marks ?? []) this.mark(mark);
    this.paces.add(batch.stretch);
    if (batch.pace) this.focusOn(batch.stretch.from_ns, batch.pace.focus);
    this.endNs = Math.max(this.endNs, batch.stretch.to_ns);
    if (this.journal.length > this.limit) this.forget();
    if (this.messages.horizonNs > this.horizonNs) this.horizonNs = this.messages.horizonNs;
    if (this.paces.size > this.limit) this.paces.forget(this.horizonNs);
  }

  /** The record as it was at an instant; null when it did not exist. */
  at(id: string, t: number): AnyRecord | null {
    const versions = this.versions.get(id);
    if (!versions) return null;
    const index = upperBound(versions.times, t) - 1;
    return index < 0 ? null : versions.values[index]!;
  }

  /** Every record that existed at an instant. */
  all(t: number): Map<string, AnyRecord> {
    const found = new Map<string, AnyRecord>();
    for (const id of this.versions.keys()) {
      const record = this.at(id, t);
      if (record) found.set(id, record);
    }
    return found;
  }

  /** All versions of one record, oldest first. */
  history(id: string): { t: number; record: AnyRecord | null }[] {
    const versions = this.versions.get(id);
    return versions ? versions.times.map((t, index) => ({ t, record: versions.values[index]! })) : [];
  }

  /** The flow that was in focus at an instant. */
  focusAt(t: number): number | null {
    return this.focus.flows[upperBound(this.focus.times, t) - 1] ?? null;
  }

  /** When something happened: records that changed, and messages of flows that were sent or ended. Unordered. */
  instants(): number[] {
    const found = this.journal.map((entry) => entry.t);
    for (const message of this.messages.sentBetween(-1, Infinity)) {
      if (!message.quiet && message.flow > 0) found.push(message.sent_ns, this.messages.end(message));
    }
    return found;
  }

  /** A cursor that stands before the first change. */
  cursor(): Cursor {
    return new Cursor(this);
  }

  /** The last mark that is not after `t`. */
  lastMark(t: number, accept: (mark: Mark) => boolean = () => true): Mark | null {
    for (let index = this.marks.length - 1; index >= 0; index -= 1) {
      const mark = this.marks[index]!;
      if (mark.t_ns <= t && accept(mark)) return mark;
    }
    return null;
  }

  clear(): void {
    this.messages.clear();
    this.paces.clear();
    this.focus = { times: [], flows: [] };
    this.marks = [];
    this.markIds.clear();
    this.versions.clear();
    this.journalStart += this.journal.length;
    this.journal = [];
    this.horizonNs = 0;
    this.endNs = 0;
  }

  /** @internal the journal as cursors see it: positions count from the run's first change, forgotten ones included. */
  entry(position: number): JournalEntry | undefined {
    return this.journal[position - this.journalStart];
  }

  /** @internal */
  get firstPosition(): number {
    return this.journalStart;
  }

  private change({ t_ns, id, record }: Change): void {
    const last = this.journal.at(-1);
    const t = last ? Math.max(last.t, t_ns) : t_ns;
    let versions = this.versions.get(id);
    if (!versions) this.versions.set(id, (versions = { times: [], values: [] }));
    versions.times.push(t);
    versions.values.push(record);
    this.journal.push({ t, id });
  }

  private focusOn(t: number, flow: number | null): void {
    const { times, flows } = this.focus;
    if (flows.length > 0 && flows.at(-1) === flow) return;
    times.push(t);
    flows.push(flow);
    if (times.length > 2000) {
      times.splice(0, 1000);
      flows.splice(0, 1000);
    }
  }

  private mark(mark: Mark): void {
    if (this.markIds.has(mark.id)) return;
    this.markIds.add(mark.id);
    this.marks.push(mark);
    if (this.marks.length > 1 && this.marks.at(-2)!.t_ns > mark.t_ns) this.marks.sort((a, b) => a.t_ns - b.t_ns);
    if (this.marks.length > 5000) {
      for (const old of this.marks.splice(0, 1000)) this.markIds.delete(old.id);
    }
  }

  /** Forgets the oldest quarter; of each record the version that held at the new horizon stays. */
  private forget(): void {
    const count = this.journal.length >> 2;
    const horizon = this.journal[count]!.t;
    for (const [id, versions] of this.versions) {
      const keep = upperBound(versions.times, horizon) - 1;
      if (keep <= 0) continue;
      versions.times.splice(0, keep);
      versions.values.splice(0, keep);
      if (versions.values.length === 1 && versions.values[0] === null) this.versions.delete(id);
    }
    this.journal.splice(0, count);
    this.journalStart += count;
    this.horizonNs = horizon;
  }
}

/** Walks the journal to an instant, forward or back, and tells which records may differ there. */
export class Cursor {
  private position = 0;

  constructor(private readonly timeline: Timeline) {
    this.position = timeline.firstPosition;
  }

  /** Ids of records that changed between where it stood and `t`; null: too many to say, look at all. */
  moveTo(t: number, limit = 4000): Set<string> | null {
    const { timeline } = this;
    let far = false;
    if (this.position < timeline.firstPosition) {
      this.position = timeline.firstPosition;
      far = true;
    }
    const changed = new Set<string>();
    for (let next = timeline.entry(this.position); next && next.t <= t; next = timeline.entry(this.position)) {
      changed.add(next.id);
      this.position += 1;
    }
    for (let last = timeline.entry(this.position - 1); last && last.t > t; last = timeline.entry(this.position - 1)) {
      changed.add(last.id);
      this.position -= 1;
    }
    return far || changed.size > limit ? null : changed;
  }
}

/** The first index whose value is greater than `t`. */
export function upperBound(times: readonly number[], t: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}
