import { describe, expect, it } from 'vitest';
import { MessageLog } from '../../model/messages';
import type { MessageView, Outcome } from '../../wire';
import { routeOf } from '../path';
import { burstsOf } from './bursts';
import { courseOf, follow, progress } from './course';
import { boxOf, freePlace, Labels } from './labels';

const message = (id: number, sent_ns: number, arrives_ns: number): MessageView => ({
  id, event: id, flow: 1, source: 'a/x', target: 'b/y', protocol: 'api', kind: 'GET', label: 'GET', quiet: false, sent_ns, arrives_ns, count: 1, cause: 0,
});
const outcome = (id: number, t_ns: number, state: Outcome['state'], arrives_ns: number | null = null): Outcome => ({
  message: id, t_ns, state, where: 'link', reason: 'link cut', arrives_ns,
});

function logOf(messages: MessageView[], outcomes: Outcome[] = []): MessageLog {
  const log = new MessageLog();
  for (const item of messages) log.add(item);
  for (const item of outcomes) log.settle(item);
  return log;
}

describe('a message on its way', () => {
  const sent = message(1, 100, 200);

  it('is where the instant puts it, whichever way one comes to it', () => {
    const course = courseOf(sent, logOf([sent]), () => 0.5);
    expect([50, 100, 150, 200, 150, 100, 50].map((ns) => progress(course, ns))).toEqual([
      { u: 0, being: 'unsent' },
      { u: 0, being: 'moving' },
      { u: 0.5, being: 'moving' },
      { u: 1, being: 'arrived' },
      { u: 0.5, being: 'moving' },
      { u: 0, being: 'moving' },
      { u: 0, being: 'unsent' },
    ]);
  });

  it('that is lost goes as far as the cut', () => {
    const course = courseOf(sent, logOf([sent], [outcome(1, 150, 'dropped')]), () => 0.4);
    expect(progress(course, 125).u).toBeCloseTo(0.2);
    expect(progress(course, 150)).toEqual({ u: 0.4, being: 'lost' });
    expect(progress(course, 9000)).toEqual({ u: 0.4, being: 'lost' });
  });

  it('that is held waits at the cut until it is let go, and still waits when one goes back', () => {
    const log = logOf([sent], [outcome(1, 150, 'delayed')]);
    expect(progress(courseOf(sent, log, () => 0.4), 9000)).toEqual({ u: 0.4, being: 'waiting' });
    expect(log.inFlight(9000)).toEqual([sent]);
    log.settle(outcome(1, 10_000, 'delayed', 10_100));
    const course = courseOf(sent, log, () => 0.4);
    expect(progress(course, 9000)).toEqual({ u: 0.4, being: 'waiting' });
    expect(progress(course, 10_050).u).toBeCloseTo(0.7);
    expect(progress(course, 10_100).being).toBe('arrived');
  });

  it('that is only slower than foreseen does not wait', () => {
    const course = courseOf(sent, logOf([sent], [outcome(1, 100, 'delayed', 300)]), () => 0.4);
    expect(progress(course, 200)).toEqual({ u: 0.5, being: 'moving' });
  });

  it('is shown to cross in no less than a moment, forward and back', () => {
    expect(follow(0, 1, 26, 260)).toBeCloseTo(0.1);
    expect(follow(1, 0, 26, 260)).toBeCloseTo(0.9);
    expect(follow(0.3, 0.31, 26, 260)).toBeCloseTo(0.31);
  });
});

describe('the log, backward', () => {
  const log = logOf([message(1, 100, 200), message(2, 150, 400), message(3, 160, 9_000_000_000), message(4, 500, 600)], [outcome(2, 300, 'dropped')]);

  it('tells what left the stage between two instants, by whatever end', () => {
    expect(log.endedBetween(199, 300).map(({ id }) => id)).toEqual([1, 2]);
    expect(log.endedBetween(300, 450)).toEqual([]);
    expect(log.endedBetween(8_000_000_000, 9_500_000_000).map(({ id }) => id)).toEqual([3]);
  });
});

describe('messages close behind one another on one hop', () => {
  const movers = (...along: number[]) => along.map((at) => ({ hop: 'a b api', along: at, count: 1 }));

  it('are one packet, if they are several', () => {
    expect([...burstsOf(movers(10, 12, 14, 16), 15).values()].map((packet) => packet.length)).toEqual([4]);
    expect([...burstsOf(movers(10, 12), 15).values()].map((packet) => packet.length)).toEqual([1, 1]);
  });

  it('are told apart on another hop or farther on', () => {
    const found = burstsOf([...movers(1, 2, 3, 40, 41, 42), { hop: 'b a api', along: 2, count: 1 }], 15);
    expect([...found.values()].map((packet) => packet.length).sort()).toEqual([1, 3, 3]);
  });

  it('are all in exactly one packet', () => {
    const many = movers(...Array.from({ length: 60 }, (_, i) => (i * 37) % 211));
    const found = burstsOf(many, 15);
    expect([...found.values()].flat().sort((a, b) => a.along - b.along)).toEqual([...many].sort((a, b) => a.along - b.along));
  });
});

describe('labels', () => {
  const sight = { unit: 1, x: 0, y: 0, stage: { w: 800, h: 400 } };
  const level = routeOf([{ x: 100, y: 200 }, { x: 700, y: 200 }]);
  const say = (labels: Labels, id: number, words: string, covered: { x: number; y: number; w: number; h: number }[] = []) =>
    labels.say({ id, words, colour: '--blue', w: 120, h: 28 }, level, sight, covered);

  it('stand beside the way and cover no word', () => {
    const card = { x: 250, y: 100, w: 400, h: 99 };
    const place = freePlace(level, { w: 120, h: 28 }, sight, [card])!;
    expect(place.y).toBeGreaterThan(205);
  });

  it('are left out where there is no free place', () => {
    expect(freePlace(level, { w: 120, h: 28 }, sight, [{ x: 0, y: 0, w: 800, h: 400 }])).toBeNull();
  });

  it('are three at most, those that fade counted, and none over another', () => {
    const labels = new Labels();
    for (let id = 1; id <= 6; id += 1) {
      say(labels, id, `words ${id}`);
      labels.release(id);
      labels.frame(700);
      expect(labels.list.length).toBeLessThanOrEqual(3);
      labels.list.forEach((label, i) => {
        for (const other of labels.list.slice(i + 1)) {
          const [a, b] = [boxOf(label, sight), boxOf(other, sight)];
          expect(a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y).toBe(true);
        }
      });
    }
    for (let turn = 0; turn < 12; turn += 1) labels.frame(700);
    expect(labels.list).toEqual([]);
  });

  it('can be read for a while after the message has arrived', () => {
    const labels = new Labels();
    say(labels, 1, 'GET');
    labels.frame(100);
    labels.release(1);
    labels.frame(1200);
    expect(labels.list).toHaveLength(1);
    labels.frame(600);
    expect(labels.list).toEqual([]);
  });
});
