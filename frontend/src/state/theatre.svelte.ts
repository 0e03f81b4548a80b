/**
 * The one store: the recording, fed by the websocket, a playback clock, and the records at the instant on the screen.
 *
 * Each animation frame moves the clock, asks the cursor what differs at the new instant, and replaces only the tables
 * in which something differs. Playing, pausing, scrubbing and playing the past go through the same lines; where the past has
 * to be fetched first, the screen stays as it is until it is there.
 */
import { SvelteMap } from 'svelte/reactivity';
import { type Band, bandsOf, type FirstLeader } from '../model/bands';
import { Playback } from '../model/playback';
import { Recording, ShownMessages } from '../model/recording';
import { type ConnectionState, FrameSocket } from '../model/socket';
import type { Cursor, Timeline } from '../model/timeline';
import { api } from './api';
import { here } from './here.svelte';
import type { AnyRecord, Batch, BranchView, Mark, Pace, RecordOf, RecordType, RunInfo, ServerFrame, Snapshot } from '../wire';

export type Table<T extends RecordType> = ReadonlyMap<string, RecordOf<T>>;
export type FrameListener = (ns: number, wallMs: number) => void;

const TYPES: RecordType[] = [
  'host',
  'component',
  'link',
  'raft',
  'node',
  'pod',
  'object',
  'decision',
  'binding',
  'queue',
  'scheduler',
  'flow',
  'scene',
  'timer',
  'quorum',
  'safety',
  'interior',
  'chaos',
];
const NO_PACE: Pace = { mode: 'cinematic', paused: false, factor: 1, rate: 0, focus: null, waiting_requests: 0 };

const RETRY_MS = 1500;
const FAST_FORWARD = 100;

export class Theatre {
  readonly recording = new Recording({ index: () => api.chapters(), chapter: (number) => api.chapter(number) });
  /** The messages of the instant on the screen, whichever part of the recording holds it. */
  readonly messages = new ShownMessages(() => this.recording.shown.messages);
  readonly playback = new Playback();
  run = $state.raw<RunInfo | null>(null);
  pace = $state.raw<Pace>(NO_PACE);
  connection = $state<ConnectionState>('connecting');
  live = $state(true);
  /** How the past goes: it stands (0), forward (1), backward (-1). */
  direction = $state<-1 | 0 | 1>(0);
  /** An instant of the past is being fetched. */
  fetching = $state(false);
  branches = $state.raw<readonly BranchView[]>([]);
  /** From this instant on anything can be shown. */
  horizonNs = $state(0);
  /** The instant on the screen, every frame. */
  ns = $state(0);
  /** Its whole seconds: for what says how long something has lasted. */
  second = $state(0);
  /** The latest instant that is known; a few times a second. */
  endNs = $state(0);
  marks = $state.raw<readonly Mark[]>([]);
  bands = $state.raw<readonly Band[]>([]);
  /** Virtual seconds a wall second, as measured on this screen. */
  rate = $state(0);
  private readonly tables = new SvelteMap<RecordType, Map<string, AnyRecord>>(TYPES.map((type) => [type, new Map()]));
  private present: Pace = NO_PACE;
  private cursor: Cursor = this.recording.live.cursor();
  private seq: number | null = null;
  private socket: FrameSocket | null = null;
  private firstLeader: FirstLeader | null = null;
  private stale = true;
  private marksSeen = -1;
  private slowTick = 0;
  private retryMs = 0;
  private readonly listeners = new Set<FrameListener>();
  private readonly resets = new Set<() => void>();

  constructor() {
    this.playback.walk = (ns, wallMs) => this.walk(ns, wallMs);
  }

  /** The part of the recording that holds the instant on the screen. */
  get timeline(): Timeline {
    return this.recording.shown;
  }

  table<T extends RecordType>(type: T): Table<T> {
    return this.tables.get(type) as unknown as Table<T>;
  }

  /** Calls back each frame, after the tables are those of the instant. */
  onFrame(listener: FrameListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Calls back when what moves has to be drawn anew: another run, a jump in time. */
  onReset(listener: () => void): () => void {
    this.resets.add(listener);
    return () => this.resets.delete(listener);
  }

  connect(url: string): void {
    this.socket = new FrameSocket(url, {
      hello: () => ({ type: 'hello', run: this.run?.id ?? null, seq: this.seq, branch: here.branch }),
      frame: (frame) => this.take(frame),
      state: (state) => {
        if (this.connection !== state) this.connection = state;
      },
    });
    this.socket.open();
  }

  disconnect(): void {
    this.socket?.close();
  }

  take(frame: ServerFrame): void {
    if (frame.type === 'snapshot') this.begin(frame);
    else this.goOn(frame);
  }

  /** Looks at another branch. */
  goTo(branch: string): void {
    if (branch === here.branch) return;
    here.go(branch);
    this.seq = null;
    this.socket?.restart();
  }

  scrubTo(ns: number): void {
    this.playback.scrubTo(Math.min(Math.max(ns, this.horizonNs), this.recording.live.endNs));
    this.retryMs = 0;
    this.followPlayback();
    this.jumped();
  }

  /** Goes through the past from the instant on the screen. */
  playPast(direction: -1 | 1): void {
    this.playback.play(direction);
    this.followPlayback();
  }

  /** The past stands still. */
  standStill(): void {
    this.playback.direction = 0;
    this.followPlayback();
  }

  backToLive(): void {
    this.playback.backToLive();
    this.followPlayback();
    this.jumped();
  }

  /** One animation frame. */
  frame(wallMs: number): void {
    this.playback.paused = this.pace.paused;
    const before = this.playback.presentNs;
    const ns = this.playback.advance(wallMs);
    if (wallMs > 0) this.measure((this.playback.presentNs - before) / 1e6 / wallMs);
    this.retryMs -= wallMs;
    this.followPlayback();
    this.show(ns);
    if (this.ns !== ns) this.ns = ns;
    const second = Math.floor(ns / 1e9);
    if (this.second !== second) this.second = second;
    this.slowTick -= wallMs;
    if (this.slowTick <= 0) {
      this.slowTick = 100;
      this.readMarks();
    }
    for (const listener of this.listeners) listener(ns, wallMs);
  }

  private begin(snapshot: Snapshot): void {
    const same = this.run?.id === snapshot.run.id;
    this.recording.live.load(snapshot, same);
    if (!same) this.recording.begin(snapshot.run.horizon_ns);
    if (!same) this.horizonNs = snapshot.run.horizon_ns;
    this.run = snapshot.run;
    here.go(snapshot.run.branch);
    this.branches = snapshot.branches;
    this.present = this.pace = snapshot.pace;
    this.seq = snapshot.seq;
    if (!same || this.playback.live) {
      this.playback.reset(snapshot.now_ns);
      this.followPlayback();
    }
    if (!same) this.firstLeader = leaderOf(snapshot);
    if (!same) this.cursor = this.recording.live.cursor();
    this.marksSeen = NaN;
    this.jumped();
  }

  private goOn(batch: Batch): void {
    if (this.seq === null || batch.seq <= this.seq) return;
    if (batch.seq !== this.seq + 1) {
      this.socket?.restart();
      return;
    }
    this.seq = batch.seq;
    this.recording.live.extend(batch);
    this.playback.push(batch.stretch);
    if (batch.pace) this.present = batch.pace;
    if (batch.pace && this.live) this.pace = batch.pace;
    if (batch.branches) this.branches = batch.branches;
    if (batch.digest && this.run) this.run = { ...this.run, digest: batch.digest };
  }

  private jumped(): void {
    this.stale = true;
    for (const listener of this.resets) listener();
  }

  private followPlayback(): void {
    const { live, direction } = this.playback;
    if (this.live !== live) {
      this.live = live;
      this.jumped();
    }
    if (this.direction !== direction) this.direction = direction;
  }

  /** In the past, the flow in focus is the one that was. */
  private lookAtFocus(ns: number): void {
    if (this.live) {
      if (this.pace !== this.present) this.pace = this.present;
      return;
    }
    const focus = this.timeline.focusAt(ns);
    if (this.pace.focus !== focus || this.pace.paused !== this.present.paused || this.pace.mode !== this.present.mode || this.pace.factor !== this.present.factor) {
      this.pace = { ...this.present, focus };
    }
  }

  private walk(ns: number, wallMs: number): number {
    const backward = wallMs < 0;
    const segment = this.recording.find(ns, backward);
    if (!segment) return ns; // it is being fetched
    const { mode, factor } = this.pace;
    const rate = mode === 'fastest' ? FAST_FORWARD : factor;
    const next = mode === 'cinematic' ? segment.timeline.paces.walk(ns, wallMs) : ns + wallMs * 1e6 * rate;
    if (backward) return Math.max(next === ns ? segment.fromNs : next, segment.fromNs, this.horizonNs);
    return Math.min(next === ns ? segment.toNs : next, segment.toNs);
  }

  private fetch(ns: number, backward: boolean): void {
    if (this.fetching || this.retryMs > 0) return;
    this.fetching = true;
    void this.recording.fetch(ns, backward).then((well) => {
      this.fetching = false;
      this.horizonNs = this.recording.horizonNs;
      if (!well) this.retryMs = RETRY_MS;
    });
  }

  private show(ns: number): void {
    const segment = this.recording.find(ns, this.direction < 0);
    if (!segment) {
      this.fetch(ns, this.direction < 0);
      return;
    }
    if (segment.timeline !== this.recording.shown) {
      this.recording.shown = segment.timeline;
      this.cursor = segment.timeline.cursor();
      this.jumped();
    }
    this.lookAtFocus(ns);
    const changed = this.cursor.moveTo(ns);
    if (this.stale || changed === null) {
      this.stale = false;
      const all = this.timeline.all(ns);
      const fresh = new Map<RecordType, Map<string, AnyRecord>>(TYPES.map((type) => [type, new Map()]));
      // A page that is older than its server leaves out what it does not know.
      for (const [id, record] of all) fresh.get(record.type)?.set(id, record);
      for (const [type, table] of fresh) this.tables.set(type, table);
      return;
    }
    if (changed.size === 0) return;
    const copies = new Map<RecordType, Map<string, AnyRecord>>();
    const writable = (type: RecordType) => {
      let copy = copies.get(type);
      if (!copy) copies.set(type, (copy = new Map(this.tables.get(type))));
      return copy;
    };
    for (const id of changed) {
      const record = this.timeline.at(id, ns);
      if (record) writable(record.type).set(id, record);
      else for (const type of TYPES) if (this.tables.get(type)!.has(id)) writable(type).delete(id);
    }
    for (const [type, copy] of copies) this.tables.set(type, copy);
  }

  private readMarks(): void {
    const { marks, endNs } = this.recording.live;
    const last = marks.at(-1)?.id ?? -1;
    const seen = marks.length * 1e6 + last;
    if (seen !== this.marksSeen) {
      this.marksSeen = seen;
      this.marks = [...marks];
    }
    const present = this.playback.presentNs;
    if (this.endNs !== present) {
      this.endNs = present;
      this.bands = bandsOf(marks, endNs, this.firstLeader);
    }
  }

  private measure(rate: number): void {
    const next = this.rate + (rate - this.rate) * 0.12;
    this.rate = this.pace.paused && next < 0.001 ? 0 : next;
  }
}

function leaderOf(snapshot: Snapshot): FirstLeader | null {
  // All marks of the run come with the snapshot: where none tells of a change, the leader of now has led from the start.
  const changed = snapshot.marks.some((mark) => mark.kind === 'leader' || mark.kind === 'no-leader');
  const fromNs = changed ? snapshot.now_ns : 0;
  let found: FirstLeader | null = null;
  for (const record of snapshot.records) {
    if (record.type !== 'raft' || record.role !== 'leader' || (found && found.term > record.term)) continue;
    found = { fromNs, term: record.term, leader: record.member };
  }
  return found;
}

export const theatre = new Theatre();

/** The table of a type, sorted by id: for lists. */
export function sorted<T extends RecordType>(type: T): RecordOf<T>[] {
  return [...theatre.table(type).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
