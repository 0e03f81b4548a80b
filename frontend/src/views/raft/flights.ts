/**
 * Moves the messages between members: ballots, entries, heartbeats. Elements are made here and moved here, not by Svelte.
 *
 * A message stands where the virtual instant puts it; where time runs so fast that this would last no frame, it is given
 * `MIN_MS` of the wall's time. Where it was lost it stops, with a cross.
 */
import type { MessageSource } from '../../model/messages';
import { element } from '../../stage/svg';
import type { MessageView } from '../../wire';
import { type Look, lookOf, type Point } from './raft';

const MIN_MS = 420;
const MIN_BEAT_MS = 200;
const LOST_MS = 1300;
const MOST = 140;
/** Faster than so many virtual nanoseconds a frame, heartbeats are not drawn one by one. */
const BEATS_NS = 60e6;
const DROP_SHARE = { source: 0.08, link: 0.5, target: 0.92 };

interface Flight {
  message: MessageView;
  group: SVGGElement;
  turning: SVGGElement | null;
  leastMs: number;
  ageMs: number;
  lostMs: number;
}

export interface FlightHooks {
  /** Where a message leaves a member and where it reaches the other; null: one of them is not on the ring. */
  path: (source: string, target: string) => [Point, Point] | null;
  title: (message: MessageView) => string;
  reduced: () => boolean;
}

export class Flights {
  private readonly flights = new Map<number, Flight>();
  private lastNs = -1;

  constructor(
    private readonly log: MessageSource,
    private readonly layer: SVGGElement,
    private readonly hooks: FlightHooks,
  ) {}

  reset(): void {
    for (const flight of this.flights.values()) flight.group.remove();
    this.flights.clear();
    this.lastNs = -1;
  }

  frame(ns: number, wallMs: number): void {
    if (this.lastNs < 0 || ns < this.lastNs) {
      for (const flight of this.flights.values()) if (flight.message.sent_ns > ns || flight.lostMs > 0) this.remove(flight);
      for (const message of this.log.inFlight(ns)) this.launch(message, MIN_MS);
    } else if (ns > this.lastNs) {
      const fast = ns - this.lastNs > BEATS_NS;
      for (const message of this.log.sentBetween(this.lastNs, ns)) if (!fast || !message.quiet) this.launch(message, 0);
    }
    this.lastNs = ns;
    for (const flight of this.flights.values()) this.move(flight, ns, wallMs);
  }

  private launch(message: MessageView, ageMs: number): void {
    if (message.protocol !== 'raft' || this.flights.size >= MOST || this.flights.has(message.id)) return;
    if (!this.hooks.path(message.source, message.target)) return;
    const { look, pre, word } = lookOf(message);
    const group = element('g', `flight ${look}${pre ? ' pre' : ''}`);
    group.dataset['message'] = String(message.id);
    group.dataset['look'] = look;
    const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
    title.textContent = this.hooks.title(message);
    group.append(title);
    const turning = draw(group, look, word);
    this.layer.append(group);
    this.flights.set(message.id, { message, group, turning, leastMs: look === 'beat' ? MIN_BEAT_MS : MIN_MS, ageMs, lostMs: 0 });
  }

  private move(flight: Flight, ns: number, wallMs: number): void {
    const { message } = flight;
    const path = this.hooks.path(message.source, message.target);
    flight.ageMs += wallMs;
    const outcome = this.log.outcome(message.id);
    const delayed = outcome?.state === 'delayed' && ns >= outcome.t_ns ? outcome.arrives_ns : null;
    const length = Math.max(1, (delayed ?? message.arrives_ns) - message.sent_ns);
    const share = Math.min(1, (ns - message.sent_ns) / length, flight.ageMs / flight.leastMs);
    const lost = outcome?.state === 'dropped' && ns >= outcome.t_ns ? DROP_SHARE[outcome.where] : null;
    if (!path || (lost === null && share >= 1)) {
      this.remove(flight);
      return;
    }
    let at = ease(Math.max(0, share));
    if (lost !== null) {
      if (at >= lost || flight.lostMs > 0) {
        at = lost;
        if (flight.lostMs === 0) this.lose(flight);
        flight.lostMs += wallMs;
        if (flight.lostMs > LOST_MS) {
          this.remove(flight);
          return;
        }
      }
    }
    if (this.hooks.reduced()) at = 0.5;
    const [from, to] = path;
    const x = from.x + (to.x - from.x) * at;
    const y = from.y + (to.y - from.y) * at;
    flight.group.setAttribute('transform', `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
    flight.turning?.setAttribute('transform', `rotate(${((Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI).toFixed(0)})`);
  }

  private lose(flight: Flight): void {
    flight.group.classList.add('lost');
    const cross = element('path', 'cross');
    cross.setAttribute('d', 'M-13 -13L13 13M13 -13L-13 13');
    flight.group.append(cross);
  }

  private remove(flight: Flight): void {
    flight.group.remove();
    this.flights.delete(flight.message.id);
  }
}

/** Draws a message around the origin; gives what has to be turned into its direction. */
function draw(group: SVGGElement, look: Look, word: string): SVGGElement | null {
  const shape = (name: string, d: string, parent: SVGGElement = group) => {
    const path = element('path', name);
    path.setAttribute('d', d);
    parent.append(path);
  };
  switch (look) {
    case 'ask':
    case 'granted':
    case 'refused': {
      shape('paper', 'M-13 -16H7L13 -10V16H-13Z');
      shape('fold', 'M7 -16V-10H13');
      if (look === 'granted') shape('sign', 'M-7 2L-2 8L8 -5');
      else if (look === 'refused') shape('sign', 'M-6 -4L6 8M6 -4L-6 8');
      else shape('sign', 'M-5 -4A5 5 0 1 1 1.5 2.500Q0 3 0 6M0 10.500V10.600');
      return null;
    }
    case 'append': {
      const wide = 16 + 10 * word.length;
      shape('box', `M${-wide / 2} -13H${wide / 2}V13H${-wide / 2}Z`);
      const text = element('text', 'word');
      text.setAttribute('y', '6');
      text.textContent = word;
      group.append(text);
      return null;
    }
    case 'snapshot':
      shape('box', 'M-16 -16H16V16H-16Z');
      shape('sign', 'M-8 -6H8M-8 0H8M-8 6H8');
      return null;
    case 'beat': {
      shape('dot', 'M-4 0A4 4 0 1 1 4 0A4 4 0 1 1 -4 0Z');
      return null;
    }
    default: {
      const turning = element('g');
      group.append(turning);
      shape('arrow', 'M-7 -9L11 0L-7 9Z', turning);
      return turning;
    }
  }
}

function ease(share: number): number {
  return share < 0.5 ? 2 * share * share : 1 - 2 * (1 - share) * (1 - share);
}
