/** The Raft view's members, and the ring on which they stand. */
import type { ComponentRecord, HostRecord, RaftRecord, TimerRecord } from '../../wire';

export interface Member {
  raft: RaftRecord;
  component: ComponentRecord;
  up: boolean;
}

export function membersOf(
  rafts: Iterable<RaftRecord>,
  components: ReadonlyMap<string, ComponentRecord>,
  hosts: ReadonlyMap<string, HostRecord>,
): Member[] {
  const members: Member[] = [];
  for (const raft of rafts) {
    const component = components.get(raft.component);
    if (!component) continue;
    const host = hosts.get(`host/${component.host}`);
    members.push({ raft, component, up: component.state === 'running' && (host?.up ?? true) });
  }
  return members.sort((a, b) => (a.raft.member < b.raft.member ? -1 : 1));
}

/** Places on an ellipse, the first on top. */
export function ringPlaces(count: number, cx: number, cy: number, rx: number, ry: number): { x: number; y: number }[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = -Math.PI / 2 + (2 * Math.PI * i) / count;
    return { x: cx + rx * Math.cos(angle), y: cy + ry * Math.sin(angle) };
  });
}

/** When a timer was last started, at an instant: while heartbeats come it is started anew at least each `beat_ns`. */
export function startedBy(timer: TimerRecord, ns: number): number {
  const { started_ns, beat_ns } = timer;
  if (beat_ns === null || ns < started_ns) return started_ns;
  return ns - ((ns - started_ns) % beat_ns);
}

/** Nanoseconds until its member stands for election, and the share of the timer that this is. */
export function timerLeft(timer: TimerRecord, ns: number): { ns: number; share: number } {
  const left = Math.max(0, startedBy(timer, ns) + timer.timeout_ns - ns);
  return { ns: left, share: Math.min(1, left / Math.max(1, timer.timeout_ns)) };
}

/** The columns of the log grid: the newest `count` indices that any member has. */
export function gridColumns(members: readonly Member[], count: number): number[] {
  const last = Math.max(0, ...members.map((member) => member.raft.last_index));
  const first = Math.max(1, last - count + 1);
  return last === 0 ? [] : Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
