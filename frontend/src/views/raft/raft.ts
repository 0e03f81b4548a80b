/** The Raft view's members, and the ring on which they stand. */
import type { ComponentRecord, HostRecord, RaftRecord } from '../../wire';

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

/** The share of an election timer that is left, of the longest that was seen for it. */
export function timerShare(deadlineNs: number | null, ns: number, spanNs: number): number {
  if (deadlineNs === null || spanNs <= 0) return 0;
  return Math.min(1, Math.max(0, (deadlineNs - ns) / spanNs));
}

/** The columns of the log grid: the newest `count` indices that any member has. */
export function gridColumns(members: readonly Member[], count: number): number[] {
  const last = Math.max(0, ...members.map((member) => member.raft.last_index));
  const first = Math.max(1, last - count + 1);
  return last === 0 ? [] : Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
