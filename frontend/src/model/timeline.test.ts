import { describe, expect, it } from 'vitest';
import type { Batch, Change, ComponentRecord, Mark, MessageView, Snapshot } from '../wire';
import { Timeline } from './timeline';

const component = (id: string, state: ComponentRecord['state'] = 'running'): ComponentRecord => ({
  type: 'component', id, host: 'cp-1', name: 'etcd', state, restarts: 0, leader: null, since_ns: 0, reason: '', requests: 0,
});
const message = (id: number, sent_ns: number, arrives_ns: number): MessageView => ({
  id, event: id, flow: 1, cause: 0, source: 'a', target: 'b', protocol: 'api', kind: '', label: '', quiet: false, sent_ns, arrives_ns, count: 1,
});
const pace: Snapshot['pace'] = { mode: 'cinematic', paused: false, factor: 1, rate: 1, focus: null, waiting_requests: 0 };
const snapshot = (now_ns: number, records: ComponentRecord[]): Snapshot => ({
  type: 'snapshot', seq: 1, now_ns, records, messages: [], marks: [], pace, branches: [],
  run: { id: 'r', seed: 1, epoch_s: 0, cluster: 'c', kubernetes: 'v', version: '0', digest: '', branch: 'main', horizon_ns: 0 },
});
const batch = (to_ns: number, changes: Change[] = [], more: Partial<Batch> = {}): Batch => ({
  type: 'batch', seq: 2, stretch: { from_ns: 0, to_ns, wall_ms: 10 }, changes, ...more,
});
const state = (timeline: Timeline, t: number) => (timeline.at('x', t) as ComponentRecord | null)?.state ?? null;

describe('a timeline', () => {
  it('answers what a record was at any instant', () => {
    const timeline = new Timeline();
    timeline.load(snapshot(100, [component('x')]), false);
    timeline.extend(batch(300, [{ t_ns: 200, id: 'x', record: component('x', 'crashed') }, { t_ns: 300, id: 'x', record: null }]));
    expect([99, 100, 199, 200, 299, 300].map((t) => state(timeline, t))).toEqual([null, 'running', 'running', 'crashed', 'crashed', null]);
  });

  it('tells a cursor what differs, forward and back, each version once', () => {
    const timeline = new Timeline();
    timeline.load(snapshot(0, [component('x'), component('y')]), false);
    timeline.extend(batch(30, [{ t_ns: 10, id: 'x', record: component('x', 'hung') }, { t_ns: 20, id: 'y', record: component('y', 'hung') }]));
    const cursor = timeline.cursor();
    expect([...cursor.moveTo(0)!]).toEqual(['x', 'y']);
    expect([...cursor.moveTo(15)!]).toEqual(['x']);
    expect([...cursor.moveTo(25)!]).toEqual(['y']);
    expect([...cursor.moveTo(25)!]).toEqual([]);
    expect([...cursor.moveTo(5)!].sort()).toEqual(['x', 'y']);
  });

  it('gives the same records by walking as by looking at all, wherever it is scrubbed to', () => {
    const timeline = new Timeline();
    timeline.load(snapshot(0, []), false);
    const changes: Change[] = [];
    for (let t = 1; t <= 400; t += 1) {
      const id = `c${(t * 7) % 13}`;
      changes.push({ t_ns: t, id, record: t % 5 === 0 ? null : component(id, t % 2 ? 'running' : 'hung') });
    }
    timeline.extend(batch(400, changes));
    const cursor = timeline.cursor();
    const walked = new Map<string, unknown>();
    for (const t of [400, 3, 250, 249, 251, 0, 399, 120]) {
      for (const id of cursor.moveTo(t)!) {
        const record = timeline.at(id, t);
        if (record) walked.set(id, record);
        else walked.delete(id);
      }
      expect(new Map([...walked].sort()), `at ${t}`).toEqual(new Map([...timeline.all(t)].sort()));
    }
  });

  it('forgets the oldest versions but keeps what held at the horizon', () => {
    const timeline = new Timeline(100);
    timeline.load(snapshot(0, [component('still'), component('x')]), false);
    for (let t = 1; t <= 500; t += 1) timeline.extend(batch(t, [{ t_ns: t, id: 'x', record: component('x', t % 2 ? 'hung' : 'running') }]));
    expect(timeline.size).toBeLessThanOrEqual(100);
    expect(timeline.horizonNs).toBeGreaterThan(300);
    expect(timeline.at('still', timeline.horizonNs)).not.toBeNull();
    expect(state(timeline, timeline.horizonNs)).not.toBeNull();
    expect(timeline.cursor().moveTo(500)).not.toBeUndefined();
  });

  it('keeps the past over a snapshot of the same run, and drops what is gone', () => {
    const timeline = new Timeline();
    timeline.load(snapshot(0, [component('x'), component('y')]), false);
    timeline.load(snapshot(50, [component('y')]), true);
    expect(state(timeline, 10)).toBe('running');
    expect(state(timeline, 60)).toBeNull();
    timeline.load(snapshot(70, [component('y')]), false);
    expect(state(timeline, 10)).toBeNull();
  });

  it('knows what was in flight at an instant, however long it flies', () => {
    const timeline = new Timeline();
    timeline.extend(batch(0, [], { messages: [message(1, 10, 20), message(2, 15, 9_000_000_000), message(3, 30, 40)] }));
    expect(timeline.messages.inFlight(16).map((m) => m.id).sort()).toEqual([1, 2]);
    expect(timeline.messages.inFlight(8_000_000_000).map((m) => m.id)).toEqual([2]);
    expect(timeline.messages.sentBetween(10, 30).map((m) => m.id)).toEqual([2, 3]);
  });

  it('lets a dropped message end where it was dropped, and a delayed one arrive late', () => {
    const timeline = new Timeline();
    timeline.extend(batch(0, [], { messages: [message(1, 10, 20), message(2, 10, 20)] }));
    timeline.extend(batch(0, [], {
      outcomes: [
        { message: 1, t_ns: 14, state: 'dropped', where: 'link', reason: 'lost', arrives_ns: null },
        { message: 2, t_ns: 14, state: 'delayed', where: 'link', reason: '', arrives_ns: 60 },
      ],
    }));
    expect(timeline.messages.inFlight(18).map((m) => m.id)).toEqual([2]);
    expect(timeline.messages.inFlight(50).map((m) => m.id)).toEqual([2]);
    expect(timeline.messages.inFlight(60)).toEqual([]);
  });

  it('keeps each mark once and finds the last before an instant', () => {
    const timeline = new Timeline();
    const mark = (id: number, t_ns: number): Mark => ({ id, t_ns, kind: 'deploy', flow: 1, subject: 's', args: {}, prominent: true });
    timeline.extend(batch(0, [], { marks: [mark(1, 10), mark(2, 20)] }));
    timeline.extend(batch(0, [], { marks: [mark(2, 20), mark(3, 30)] }));
    expect(timeline.marks.map((m) => m.id)).toEqual([1, 2, 3]);
    expect(timeline.lastMark(25)?.id).toBe(2);
    expect(timeline.lastMark(5)).toBeNull();
  });
});
