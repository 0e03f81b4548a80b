/**
 * Where everything of the diagram stands: lifelines side by side, a row for each step in the order of their sending,
 * waiting folded into a row with its length, replication and image layers folded into one row a write or pull.
 *
 * Sixteen units are one rem. What had not happened at an instant is not drawn: rows are in the order of time, so that an
 * instant is a number of rows.
 */
import type { SequenceStep } from '../../wire';
import type { Sequence } from './model';

export const HEAD_HEIGHT = 64;
export const STEP_HEIGHT = 42;
export const GAP_HEIGHT = 30;
/** From the top of a step's row to its arrow. */
export const ARROW = 30;
export const BAR = 10;
const GAP_NS = 20_000_000;
const MARGIN = 54;
/** Above the first row. */
const TOP = 8;
const TEXT = 16;
const MOST_CHARS = 60;

export interface Lifeline {
  id: string;
  x: number;
  /** When it first takes part: before that it is not seen. */
  fromNs: number;
}

export interface Label {
  /** The lecture's number; 0: none. */
  number: number;
  text: string;
  x: number;
  anchor: 'start' | 'end';
}

interface Line {
  /** Names the row, always the same for the same thing. */
  key: string;
  y: number;
  tNs: number;
}

export interface StepRow extends Line {
  kind: 'step';
  step: SequenceStep;
  x1: number;
  x2: number;
  label: Label;
  /** How long the call took whose answer this is. */
  tookNs: number | null;
}

export interface FoldRow extends Line {
  kind: 'fold';
  members: SequenceStep[];
  open: boolean;
  x1: number;
  x2: number;
}

export interface GapRow extends Line {
  kind: 'gap';
  ns: number;
}

export type Row = StepRow | FoldRow | GapRow;

/** From a request's arrival to its answer: the rows; `to` null: no answer yet. */
export interface Bar {
  lifeline: string;
  x: number;
  from: number;
  to: number | null;
}

export interface Diagram {
  lifelines: Lifeline[];
  /** Between two lifelines. */
  column: number;
  rows: Row[];
  bars: Bar[];
  width: number;
  /** The row that shows an event: its own, or its fold. */
  rowOf: Map<number, number>;
}

export interface Options {
  /** The lecture's number of an event. */
  numbers: ReadonlyMap<number, number>;
  /** Only the lecture's sixteen, and how they are passed on. */
  lecture: boolean;
  /** Folds that are open, by key. */
  opened: ReadonlySet<string>;
  /** Elections are told by Raft's messages: nothing is folded. */
  folding: boolean;
  /** Units that there are. */
  width: number;
  /** A lifeline's least share. */
  column: number;
  /** What stands at an arrow. */
  words: (step: SequenceStep, number: number) => string;
}

const ORDER = ['kubectl', 'load-balancer', 'kube-apiserver', 'etcd', 'kube-controller-manager', 'cloud-controller-manager', 'kube-scheduler'];
const ON_A_NODE = ['kubelet', 'containerd', 'kube-proxy'];
const FOLDED = ['raft', 'image'];

/** The order of the lecture: who asks, the API, etcd, controllers, scheduler, then node by node, then the rest. */
function compareLifelines(a: string, b: string): number {
  const [x, y] = [place(a), place(b)];
  return x.group - y.group || x.host.localeCompare(y.host, undefined, { numeric: true }) || x.part - y.part || a.localeCompare(b);
}

function place(id: string): { group: number; host: string; part: number } {
  const [host = id, name = ''] = id.split('/');
  const group = ORDER.indexOf(name);
  if (group >= 0) return { group, host, part: 0 };
  const part = ON_A_NODE.indexOf(name);
  if (part >= 0) return { group: 10, host, part };
  return { group: name === 'registry' ? 12 : 11, host, part: 0 };
}

export function layoutSequence(sequence: Sequence, options: Options): Diagram {
  const steps = options.lecture ? lectureSteps(sequence, options.numbers) : flowSteps(sequence, options.numbers);
  const lifelines = placeLifelines(steps, options);
  const x = new Map(lifelines.map((line) => [line.id, line.x]));
  const width = (lifelines.at(-1)?.x ?? 0) + MARGIN;
  const folds = options.folding && !options.lecture ? foldsOf(sequence, steps) : new Map<number, string>();
  const rows = placeRows(steps, folds, options, x, width);
  const rowOf = new Map<number, number>();
  rows.forEach((row, index) => {
    if (row.kind === 'step') rowOf.set(row.step.event, index);
    if (row.kind === 'fold' && !row.open) for (const member of row.members) rowOf.set(member.event, index);
  });
  // Of the lecture's sixteen some requests are told without their answers: no bar says that they were never given.
  const bars = barsOf(rows, x).filter((bar) => !options.lecture || bar.to !== null);
  tellHowLong(rows);
  const column = lifelines.length > 1 ? lifelines[1]!.x - lifelines[0]!.x : MARGIN * 2;
  return { lifelines, column, rows, bars, width, rowOf };
}

/** All of the flow, and of the watches from before those of the Pod whose steps are numbered. */
function flowSteps(sequence: Sequence, numbers: ReadonlyMap<number, number>): SequenceStep[] {
  const before = sequence.steps.slice(0, sequence.openedBefore);
  const calls = new Set(before.filter((step) => numbers.has(step.event)).map((step) => step.call));
  return [...before.filter((step) => calls.has(step.call)), ...sequence.steps.slice(sequence.openedBefore)];
}

/** The sixteen, and the hops by which a proxy passes them on. */
function lectureSteps(sequence: Sequence, numbers: ReadonlyMap<number, number>): SequenceStep[] {
  const chosen = sequence.steps.filter((step) => numbers.has(step.event));
  const passed = new Set(chosen.filter((step) => step.call > 0 && step.part !== 'act').map((step) => `${step.call} ${step.part}`));
  return sequence.steps.filter((step) => numbers.has(step.event) || (step.part !== 'item' && passed.has(`${step.call} ${step.part}`)) || isHopOfItem(step, chosen));
}

/** A watch brings many things on one call: the hop before is the one that led to it. */
function isHopOfItem(step: SequenceStep, chosen: readonly SequenceStep[]): boolean {
  return step.part === 'item' && chosen.some((item) => item.part === 'item' && item.call === step.call && item.cause === step.event);
}

function placeLifelines(steps: readonly SequenceStep[], options: Options): Lifeline[] {
  const from = new Map<string, number>();
  for (const step of steps) for (const id of [step.source, step.target]) if (!from.has(id)) from.set(id, step.t_ns);
  const ids = [...from.keys()].sort(compareLifelines);
  const share = Math.max(options.column, Math.min(240, (options.width - 2 * MARGIN) / Math.max(1, ids.length - 1)));
  return ids.map((id, index) => ({ id, x: MARGIN + index * share, fromNs: from.get(id)! }));
}

/** Which fold each event belongs to: replication by the step that asked for it, layers by the pull. */
function foldsOf(sequence: Sequence, steps: readonly SequenceStep[]): Map<number, string> {
  const keys = new Map<number, string>();
  const count = new Map<string, number>();
  for (const step of steps) {
    if (!step.protocol || !FOLDED.includes(step.protocol)) continue;
    const before = sequence.step(step.cause);
    const key = before?.protocol === step.protocol ? keys.get(before.event)! : `${step.protocol}-${step.cause || step.event}`;
    keys.set(step.event, key);
    count.set(key, (count.get(key) ?? 0) + 1);
  }
  for (const [event, key] of keys) if (count.get(key)! < 2) keys.delete(event);
  return keys;
}

function placeRows(steps: readonly SequenceStep[], folds: ReadonlyMap<number, string>, options: Options, x: ReadonlyMap<string, number>, width: number): Row[] {
  const rows: Row[] = [];
  const folded = new Map<string, FoldRow>();
  let y = TOP;
  let endNs = steps[0]?.t_ns ?? 0;
  const gap = (step: SequenceStep) => {
    if (step.t_ns - endNs >= GAP_NS) {
      rows.push({ kind: 'gap', key: `gap-${step.event}`, y, tNs: step.t_ns, ns: step.t_ns - endNs });
      y += GAP_HEIGHT;
    }
    endNs = Math.max(endNs, step.t_ns);
  };
  for (const step of steps) {
    const key = folds.get(step.event);
    const fold = key === undefined ? undefined : folded.get(key);
    if (fold) {
      fold.members.push(step);
      fold.x1 = Math.min(fold.x1, x.get(step.source)!, x.get(step.target)!);
      fold.x2 = Math.max(fold.x2, x.get(step.source)!, x.get(step.target)!);
      if (!fold.open) continue;
    }
    gap(step);
    if (key !== undefined && !fold) {
      const xs = [x.get(step.source)!, x.get(step.target)!];
      const made: FoldRow = { kind: 'fold', key, y, tNs: step.t_ns, members: [step], open: options.opened.has(key), x1: Math.min(...xs), x2: Math.max(...xs) };
      rows.push(made);
      folded.set(key, made);
      y += STEP_HEIGHT;
      if (!made.open) continue;
    }
    rows.push(stepRow(step, y, options, x, width));
    endNs = Math.max(endNs, step.arrives_ns);
    y += STEP_HEIGHT;
  }
  return rows;
}

function stepRow(step: SequenceStep, y: number, options: Options, x: ReadonlyMap<string, number>, width: number): StepRow {
  const x1 = x.get(step.source)!;
  const x2 = x.get(step.target)!;
  const number = options.numbers.get(step.event) ?? 0;
  const words = options.words(step, number);
  const text = words.length > MOST_CHARS ? `${words.slice(0, MOST_CHARS - 1)}…` : words;
  // An answer may get its length after it: some room for that.
  const need = textWidth(text) + (number ? 30 : 0) + (step.part === 'response' || step.part === 'error' ? 80 : 0);
  const own = step.source === step.target;
  const left = Math.min(x1, x2) + (own ? 34 : 14);
  const right = Math.max(x1, x2) - (own ? 16 : 14);
  const anchor = left + need <= width - 8 || right - need < 8 ? 'start' : 'end';
  return { kind: 'step', key: `step-${step.event}`, y, tNs: step.t_ns, step, x1, x2, label: { number, text, x: anchor === 'start' ? left : right, anchor }, tookNs: null };
}

/** About how wide a text is; Hangul is wider than Latin. */
export function textWidth(text: string): number {
  let units = 0;
  for (const letter of text) units += letter > '\u2e80' ? TEXT * 0.93 : TEXT * 0.56;
  return units;
}

const ASKS = ['request', 'stream'];
const ANSWERS = ['response', 'error', 'end'];

/** A bar begins where a request arrives and ends where the same two end the call; a stream's with what comes last on it. */
function barsOf(rows: readonly Row[], x: ReadonlyMap<string, number>): Bar[] {
  const open = new Map<string, { bar: Bar; stream: boolean }>();
  const bars: Bar[] = [];
  const standing = new Map<string, Bar[]>();
  rows.forEach((row, index) => {
    if (row.kind !== 'step' || row.step.call === 0) return;
    const { step } = row;
    if (ASKS.includes(step.part) && !(step.part === 'stream' && step.protocol === 'api')) {
      const here = (standing.get(step.target) ?? []).filter((bar) => bar.to === null);
      const bar: Bar = { lifeline: step.target, x: x.get(step.target)! + here.length * (BAR * 0.6), from: index, to: null };
      bars.push(bar);
      standing.set(step.target, [...here, bar]);
      open.set(`${step.call} ${step.target} ${step.source}`, { bar, stream: step.part === 'stream' });
      return;
    }
    const found = open.get(`${step.call} ${step.source} ${step.target}`);
    if (found && (ANSWERS.includes(step.part) || (found.stream && step.part === 'item'))) found.bar.to = index;
  });
  return bars;
}

/** Says at each answer how long its call took, as who asked has it. */
function tellHowLong(rows: readonly Row[]): void {
  const asked = new Map<string, SequenceStep>();
  for (const row of rows) {
    if (row.kind !== 'step') continue;
    const { step } = row;
    if (step.part === 'request') asked.set(`${step.call} ${step.target} ${step.source}`, step);
    const request = step.part === 'response' || step.part === 'error' ? asked.get(`${step.call} ${step.source} ${step.target}`) : undefined;
    if (request) row.tookNs = step.arrives_ns - request.t_ns;
  }
}

/** How many rows had happened at an instant. */
export function rowsAt(rows: readonly Row[], ns: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]!.tNs <= ns) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the row ends that is the `count`-th. */
export function heightOf(rows: readonly Row[], count: number): number {
  const last = rows[count - 1];
  return last ? last.y + (last.kind === 'gap' ? GAP_HEIGHT : STEP_HEIGHT) : 0;
}

/** The rows that touch a stretch, from and to (not included), among the first `count`. */
export function rowsBetween(rows: readonly Row[], count: number, top: number, bottom: number): { from: number; to: number } {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (heightOf(rows, middle + 1) > top) high = middle;
    else low = middle + 1;
  }
  let to = low;
  while (to < count && rows[to]!.y < bottom) to += 1;
  return { from: low, to };
}
