/** The Raft theatre as pure functions of records: who the members are, where they stand, what differs between their logs. */
import type { ComponentRecord, HostRecord, MessageView, QuorumRecord, RaftRecord, TimerRecord } from '../../wire';

export interface Member {
  raft: RaftRecord;
  component: ComponentRecord;
  up: boolean;
}

export interface Point {
  x: number;
  y: number;
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

/** The leader of the highest term among those that run. */
export function leaderOf(members: readonly Member[]): Member | null {
  let found: Member | null = null;
  for (const member of members) {
    if (member.up && member.raft.role === 'leader' && (!found || member.raft.term > found.raft.term)) found = member;
  }
  return found;
}

/** The elections worth showing: those that stand now, or what elected the present leader. */
export function electionsOf(members: readonly Member[]): Member[] {
  const standing = members.filter((member) => member.up && member.raft.role !== 'leader' && member.raft.counting !== null);
  if (standing.length > 0) return standing.sort((a, b) => b.raft.counting!.term - a.raft.counting!.term);
  const leader = leaderOf(members);
  return leader?.raft.counting ? [leader] : [];
}

/** Members of whom the same is said, together. */
export function sayingTheSame(
  voters: QuorumRecord['voters'],
  language: 'ko' | 'en',
): { names: string; members: string[]; why: string; down: boolean }[] {
  const groups = new Map<string, string[]>();
  for (const voter of voters) {
    const why = voter.why[language];
    groups.set(why, [...(groups.get(why) ?? []), voter.member]);
  }
  const down = new Set(voters.filter((voter) => voter.state !== 'running').map((voter) => voter.member));
  return [...groups].map(([why, members]) => ({ names: members.join(), members, why, down: members.every((member) => down.has(member)) }));
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

export interface Ring {
  places: Point[];
  /** Of a member's disc. */
  radius: number;
}

/** Around each disc: its timer, and below it a line of words. */
const HALO = 14;
const WORDS = 30;
const LARGEST = 76;
const SMALLEST = 50;

/** Members on an ellipse that fills the place, the first on top (two: side by side; four: at the corners). */
export function ringOf(count: number, width: number, height: number): Ring {
  for (let radius = LARGEST; ; radius -= 2) {
    const room = radius + HALO + 2;
    const centre = { x: width / 2, y: (height - WORDS) / 2 };
    const ry = Math.max(1, (height - WORDS) / 2 - room);
    const rx = Math.max(1, Math.min(width / 2 - room, ry * 2.7));
    const places = count === 1 ? [centre] : spread(count, centre, rx, ry);
    if (radius <= SMALLEST || nearest(places) >= 2 * (radius + HALO) + WORDS + Math.min(150, 0.2 * width)) return { places: settled(places, centre), radius };
  }
}

/** Points at equal distances along an ellipse. */
function spread(count: number, centre: Point, rx: number, ry: number): Point[] {
  const at = (angle: number) => ({ x: centre.x + rx * Math.cos(angle), y: centre.y + ry * Math.sin(angle) });
  const STEPS = 1440;
  const from = count === 2 ? Math.PI : count === 4 ? -Math.PI + Math.atan2(rx, ry) * 0.7 : -Math.PI / 2;
  if (count <= 4) {
    const angles = count === 4 ? [from, -Math.PI - from, Math.PI + from, -from] : Array.from({ length: count }, (_, i) => from + (2 * Math.PI * i) / count);
    return angles.map(at);
  }
  const points = Array.from({ length: STEPS + 1 }, (_, i) => at(from + (2 * Math.PI * i) / STEPS));
  const run = [0];
  points.slice(1).forEach((point, i) => run.push(run[i]! + Math.hypot(point.x - points[i]!.x, point.y - points[i]!.y)));
  return Array.from({ length: count }, (_, i) => points[run.findIndex((length) => length >= (run.at(-1)! * i) / count)]!);
}

/** Moved so that what is used of the height stands in its middle. */
function settled(places: Point[], centre: Point): Point[] {
  const ys = places.map((place) => place.y);
  const shift = centre.y - (Math.min(...ys) + Math.max(...ys)) / 2;
  return places.map(({ x, y }) => ({ x, y: y + shift }));
}

function nearest(places: readonly Point[]): number {
  let least = Infinity;
  places.forEach((a, i) => {
    for (const b of places.slice(i + 1)) least = Math.min(least, Math.hypot(a.x - b.x, a.y - b.y));
  });
  return least;
}

export type Look = 'ask' | 'granted' | 'refused' | 'append' | 'ack' | 'nack' | 'beat' | 'snapshot' | 'other';

/** How a message between members is drawn: what it is, as the server named it. */
export function lookOf(message: Pick<MessageView, 'kind' | 'label'>): { look: Look; pre: boolean; word: string } {
  const { kind, label } = message;
  const pre = kind === 'RequestPreVote' || kind === 'PreVoteReply';
  const word = label.startsWith(`${kind} `) ? label.slice(kind.length + 1) : '';
  if (kind === 'RequestVote' || kind === 'RequestPreVote') return { look: 'ask', pre, word };
  if (kind === 'VoteReply' || kind === 'PreVoteReply') return { look: word === 'granted' ? 'granted' : 'refused', pre, word };
  if (kind === 'AppendEntries') return { look: word === '' ? 'ack' : 'append', pre, word };
  if (kind === 'AppendReply') return { look: word.endsWith('refused') ? 'nack' : 'ack', pre, word };
  if (kind === 'Heartbeat' || kind === 'HeartbeatReply') return { look: 'beat', pre, word };
  return { look: kind === 'InstallSnapshot' ? 'snapshot' : 'other', pre, word };
}

/** The columns of the log grid: the newest `count` indices that any member has. */
export function gridColumns(members: readonly Member[], count: number): number[] {
  const last = Math.max(0, ...members.map((member) => member.raft.last_index));
  const first = Math.max(1, last - count + 1);
  return last === 0 ? [] : Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

export interface LogCell {
  index: number;
  /** 0: not known here. */
  term: number;
  text: string;
  state: 'committed' | 'written' | 'missing' | 'none';
  /** Another term than the log that counts has at this index. */
  conflict: boolean;
  applied: boolean;
}

/** The log with which the others are compared: the leader's, or else the most up-to-date one. */
export function measureOf(members: readonly Member[]): Member | null {
  const leader = leaderOf(members);
  if (leader) return leader;
  let best: Member | null = null;
  for (const member of members) {
    if (!best || newer(member.raft, best.raft)) best = member;
  }
  return best;
}

function newer(a: RaftRecord, b: RaftRecord): boolean {
  const [termA, termB] = [a.log.at(-1)?.term ?? 0, b.log.at(-1)?.term ?? 0];
  return termA > termB || (termA === termB && a.last_index > b.last_index);
}

/** One member's row: what it holds at each index, and where it differs from the log that counts. */
export function rowOf(raft: RaftRecord, columns: readonly number[], measure: RaftRecord | null): LogCell[] {
  const mine = new Map(raft.log.map((entry) => [entry.index, entry]));
  const theirs = new Map((measure ?? raft).log.map((entry) => [entry.index, entry]));
  const oldest = raft.log[0]?.index ?? Infinity;
  return columns.map((index) => {
    const entry = mine.get(index);
    const holds = index <= raft.last_index && (entry !== undefined || index < oldest);
    const other = theirs.get(index);
    const state = holds ? (index <= raft.commit ? 'committed' : 'written') : index <= (measure?.last_index ?? 0) ? 'missing' : 'none';
    return {
      index,
      term: entry?.term ?? 0,
      text: entry?.text ?? '',
      state,
      conflict: entry !== undefined && measure !== null && ((other !== undefined && other.term !== entry.term) || index > measure.last_index),
      applied: index <= raft.applied,
    };
  });
}
