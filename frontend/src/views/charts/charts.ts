/** The charts as data: which series each shows, and what stretch of time is looked at. */
import type { MetricsReply } from '../../wire';

export type ChartUnit = 'rate' | 'ms' | 'count';

type ChartId = 'commits' | 'commit' | 'raft' | 'verbs' | 'codes' | 'api' | 'queue' | 'scheduling' | 'work' | 'pods' | 'nodes' | 'messages';

export interface ChartPlan {
  id: ChartId;
  unit: ChartUnit;
  /** Names of series, or with a slash at the end the beginning of names. */
  series: readonly string[];
  /** States hold until they change; single durations stand for themselves. */
  shape?: 'steps' | 'points';
  /** What lies far apart is drawn by its magnitude. */
  log?: true;
}

export const CHARTS: readonly ChartPlan[] = [
  { id: 'commits', unit: 'rate', series: ['commits'] },
  { id: 'commit', unit: 'ms', series: ['commit/p50', 'commit/p99'] },
  { id: 'raft', unit: 'ms', series: ['raft/p50', 'raft/p99'] },
  { id: 'verbs', unit: 'rate', series: ['verb/'] },
  { id: 'codes', unit: 'rate', series: ['code/'] },
  { id: 'api', unit: 'ms', series: ['api/p50', 'api/p99'], log: true },
  { id: 'queue', unit: 'count', series: ['queue/active', 'queue/backoff', 'queue/unschedulable'] },
  { id: 'scheduling', unit: 'ms', series: ['scheduling/p50', 'scheduling/p99'], shape: 'points', log: true },
  { id: 'work', unit: 'count', series: ['work/'] },
  { id: 'pods', unit: 'count', series: ['pods/Running', 'pods/Pending', 'pods/'], shape: 'steps' },
  { id: 'nodes', unit: 'count', series: ['nodes/True', 'nodes/Unknown', 'nodes/False'], shape: 'steps' },
  { id: 'messages', unit: 'rate', series: ['messages/'] },
];

export interface Line {
  name: string;
  values: readonly (number | null)[];
}

/** More lines than so many cannot be told apart: the smallest are left out. */
const MOST_LINES = 8;

/** The lines of a chart, in the order in which its plan names them, the larger first where it names many at once. */
export function linesOf(plan: ChartPlan, reply: MetricsReply): Line[] {
  const found = new Map<string, Line>();
  for (const wanted of plan.series) {
    const names = wanted.endsWith('/') ? Object.keys(reply.series).filter((name) => name.startsWith(wanted)) : [wanted];
    const lines = names.map((name) => ({ name, values: reply.series[name] ?? reply.t_s.map(() => null) }));
    if (names.length > 1) lines.sort((a, b) => sum(b.values) - sum(a.values));
    for (const line of lines) if (!found.has(line.name)) found.set(line.name, line);
  }
  return [...found.values()].slice(0, MOST_LINES);
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

/** Where on the time axis each step stands: a rate in the middle of its stretch, a state at its end. */
export function timesOf(plan: ChartPlan, reply: MetricsReply): number[] {
  const shift = plan.shape === 'steps' ? reply.step_s : reply.step_s / 2;
  return reply.t_s.map((t) => t + shift);
}

/** The value at the step that holds an instant, or the last before it. */
export function valueAt(line: Line, index: number | null): number | null {
  for (let i = index ?? line.values.length - 1; i >= 0; i -= 1) {
    const value = line.values[i];
    if (value !== null && value !== undefined) return value;
    if (index !== null) return null;
  }
  return null;
}

export interface Stretch {
  fromNs: number;
  toNs: number;
}

const LEAST_NS = 10e9;

/** The stretch that follows the present: its last `spanNs`, or the whole run where that is shorter. */
export function following(nowNs: number, spanNs: number | null): Stretch {
  const fromNs = spanNs === null ? 0 : Math.max(0, nowNs - spanNs);
  return { fromNs, toNs: Math.max(nowNs, fromNs + LEAST_NS) };
}

/** The stretch in which a past instant is looked at: as it is while the instant is well inside, else moved there. */
export function around(held: Stretch | null, ns: number, endNs: number, spanNs: number | null): Stretch {
  if (spanNs === null) return following(endNs, null);
  const span = Math.max(LEAST_NS, spanNs);
  if (held && Math.abs(held.toNs - held.fromNs - span) < 1e9) {
    const margin = span / 20;
    const early = held.fromNs === 0 || ns >= held.fromNs + margin;
    if (early && ns >= held.fromNs && ns <= held.toNs - (held.toNs >= endNs ? 0 : margin)) return held;
  }
  const toNs = Math.min(Math.max(ns + span / 3, span), Math.max(endNs, span));
  return { fromNs: Math.max(0, toNs - span), toNs };
}

/** A stretch that was zoomed to by hand, in or out around its middle or to one side. */
export function zoomed(stretch: Stretch, factor: number, shift = 0): Stretch {
  const span = Math.max(LEAST_NS, (stretch.toNs - stretch.fromNs) * factor);
  const middle = (stretch.fromNs + stretch.toNs) / 2 + shift * (stretch.toNs - stretch.fromNs);
  const fromNs = Math.max(0, middle - span / 2);
  return { fromNs, toNs: fromNs + span };
}

/** 3.2, 0.45, 1,200: with as many digits as tell something. */
export function numberText(value: number, language: string): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 || value === 0 ? 2 : 3;
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
}

/** Seconds as the clock writes them: 3:05, 1:02:05. */
export function axisTime(seconds: number): string {
  const s = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}
