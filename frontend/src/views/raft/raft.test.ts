import { describe, expect, it } from 'vitest';
import type { ComponentRecord, RaftRecord, TimerRecord } from '../../wire';
import { electionsOf, gridColumns, leaderOf, lookOf, measureOf, type Member, ringOf, rowOf, sayingTheSame, timerLeft } from './raft';

function raft(changes: Partial<RaftRecord>): RaftRecord {
  return {
    type: 'raft', id: 'raft/a/etcd', component: 'a/etcd', member: 'a/etcd', role: 'follower', term: 1, vote: null, leader: null,
    commit: 0, applied: 0, first_index: 1, last_index: 0, log: [], ballots: {}, counting: null, cast: null, peers: [], ...changes,
  };
}

function log(...terms: number[]): Partial<RaftRecord> {
  return { last_index: terms.length, log: terms.map((term, i) => ({ index: i + 1, term, text: `put ${i + 1}` })) };
}

function member(name: string, changes: Partial<RaftRecord>, up = true): Member {
  const component: ComponentRecord = {
    type: 'component', id: `${name}/etcd`, host: name, name: 'etcd', state: up ? 'running' : 'crashed', restarts: 0, leader: null,
    since_ns: 0, reason: '', requests: 0,
  };
  return { raft: raft({ member: `${name}/etcd`, ...changes }), component, up };
}

describe('an election timer', () => {
  const timer: TimerRecord = { type: 'timer', id: 'timer/a', component: 'a', started_ns: 1e9, timeout_ns: 1.5e9, beat_ns: 1e8 };

  it('is started anew by each heartbeat', () => {
    expect(timerLeft(timer, 1e9).share).toBe(1);
    expect(timerLeft(timer, 1.05e9).ns).toBe(1.45e9);
    expect(timerLeft(timer, 7.05e9).ns).toBe(1.45e9);
  });

  it('runs down where none comes, and stays at zero', () => {
    const silent = { ...timer, beat_ns: null };
    expect(timerLeft(silent, 2e9).ns).toBe(0.5e9);
    expect(timerLeft(silent, 9e9)).toEqual({ ns: 0, share: 0 });
  });
});

describe('the ring', () => {
  it.each([1, 2, 3, 4, 5, 6, 7])('has room for %i members in a large and in a small place', (count) => {
    for (const [width, height] of [[1100, 520], [700, 380], [560, 430]] as const) {
      const { places, radius } = ringOf(count, width, height);
      expect(places).toHaveLength(count);
      for (const { x, y } of places) {
        expect(x).toBeGreaterThanOrEqual(radius);
        expect(x).toBeLessThanOrEqual(width - radius);
        expect(y).toBeGreaterThanOrEqual(radius);
        expect(y).toBeLessThanOrEqual(height - radius);
      }
      places.forEach((a, i) => places.slice(i + 1).forEach((b) => expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(2 * radius)));
    }
  });
});

describe('a message between members', () => {
  it('is a ballot, granted or refused, pre-vote told apart', () => {
    expect(lookOf({ kind: 'RequestPreVote', label: 'RequestPreVote term 5' })).toEqual({ look: 'ask', pre: true, word: 'term 5' });
    expect(lookOf({ kind: 'VoteReply', label: 'VoteReply granted' })).toMatchObject({ look: 'granted', pre: false });
    expect(lookOf({ kind: 'PreVoteReply', label: 'PreVoteReply refused' })).toMatchObject({ look: 'refused', pre: true });
  });

  it('carries entries, or only news of the commit', () => {
    expect(lookOf({ kind: 'AppendEntries', label: 'AppendEntries 7–9' })).toMatchObject({ look: 'append', word: '7–9' });
    expect(lookOf({ kind: 'AppendEntries', label: 'AppendEntries' }).look).toBe('ack');
    expect(lookOf({ kind: 'AppendReply', label: 'AppendReply 7 refused' }).look).toBe('nack');
  });
});

describe('the logs', () => {
  const leader = member('a', { role: 'leader', term: 3, commit: 3, applied: 2, ...log(1, 1, 3, 3) });
  const behind = member('b', { term: 3, commit: 2, applied: 2, ...log(1, 1) });
  const astray = member('c', { term: 2, commit: 2, applied: 2, ...log(1, 1, 2, 2, 2) }, false);
  const all = [leader, behind, astray];

  it('are compared with the leader’s', () => {
    expect(leaderOf(all)).toBe(leader);
    expect(measureOf(all)).toBe(leader);
    expect(measureOf([behind, astray])).toBe(astray);
  });

  it('say what is missing, what conflicts and what is committed', () => {
    const columns = gridColumns(all, 5);
    expect(columns).toEqual([1, 2, 3, 4, 5]);
    const states = (m: Member) => rowOf(m.raft, columns, leader.raft).map((cell) => (cell.conflict ? 'conflict' : cell.state));
    expect(states(leader)).toEqual(['committed', 'committed', 'committed', 'written', 'none']);
    expect(states(behind)).toEqual(['committed', 'committed', 'missing', 'missing', 'none']);
    expect(states(astray)).toEqual(['committed', 'committed', 'conflict', 'conflict', 'conflict']);
    expect(rowOf(leader.raft, columns, leader.raft)[2]!.applied).toBe(false);
  });

  it('know entries that are older than what is kept of them', () => {
    const old = raft({ last_index: 9, commit: 9, applied: 9, log: [{ index: 8, term: 2, text: '' }, { index: 9, term: 2, text: '' }] });
    expect(rowOf(old, [6, 7, 8, 9], old).map((cell) => [cell.state, cell.term])).toEqual([
      ['committed', 0], ['committed', 0], ['committed', 2], ['committed', 2],
    ]);
  });
});

it('says the same of several members once', () => {
  const say = (why: string) => ({ ko: why, en: why });
  const voters = ['a', 'b', 'c'].map((name) => ({
    member: name, state: name === 'b' ? ('down' as const) : ('running' as const), reaches: [], votes: 1, can_win: false, why: say(name === 'b' ? 'down' : 'alone'),
  }));
  expect(sayingTheSame(voters, 'en').map(({ members, why, down }) => [members, why, down])).toEqual([[['a', 'c'], 'alone', false], [['b'], 'down', true]]);
});

it('shows who stands now, and otherwise what elected the leader', () => {
  const won = { term: 2, pre: false, needed: 2, outcome: 'won' as const };
  const leader = member('a', { role: 'leader', counting: won });
  const standing = member('b', { role: 'candidate', counting: { ...won, term: 3, outcome: 'pending' } });
  expect(electionsOf([leader, member('b', {})])).toEqual([leader]);
  expect(electionsOf([leader, standing])).toEqual([standing]);
});
