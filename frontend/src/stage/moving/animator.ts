/**
 * Moves the messages, at sixty frames a second with hundreds in flight, outside Svelte.
 *
 * A message stands where the virtual instant puts it, whichever way time runs. Where time runs so fast that it would be
 * seen in no frame at all, it is given `HOP_MS` of the wall's time to cross. Heartbeats, and what is too much to be shown
 * one by one, are glows of their links.
 */
import type { MessageSource } from '../../model/messages';
import type { MessageView } from '../../wire';
import type { Box } from '../layout';
import { ease, placeAt, type Route } from '../path';
import { PROTOCOLS } from '../protocols';
import { shortLabel } from '../words';
import { burstsOf } from './bursts';
import { type Course, courseOf, follow, progress } from './course';
import { Glows } from './glows';
import { Labels } from './labels';
import { Mirror, type Shadow, type Spot } from './mirror';
import type { Painter, Sight } from './painter';

const HOP_MS = 260;
const LOST_MS = 1400;
const MOST = 400;
const MOST_NEW = 32;
/** Lit links at a time: more is a tangle. */
const MOST_LIT = 6;
const NEAR_PX = 15;
const MOST_CHARS = 46;
const MOST_SAID = 2;
const LABEL_COMES_MS = 160;

interface Flight {
  message: MessageView;
  route: Route;
  hop: string;
  course: Course;
  /** The outcome that the course was made from. */
  version: unknown;
  focused: boolean;
  lit: boolean;
  u: number;
  along: number;
  count: number;
  lostMs: number;
  waiting: boolean;
  spot: Spot;
  angle: number;
  shadow: Shadow;
  /** Those that are drawn with it, if it stands for a packet. */
  packet: Flight[];
}

/** Is told what the stage draws, each message that a burst stands for too: so that it can be held against the trace. */
export type Witness = (what: 'drawn' | 'arrived' | 'lost', message: MessageView, ns: number) => void;

export interface AnimatorHooks {
  route: (source: string, target: string) => Route | null;
  box: (component: string) => Box | undefined;
  /** The share of the way at which the link between two components is cut. */
  cutAt: (source: string, target: string, route: Route) => number;
  /** What labels may not cover, in pixels of the stage. */
  covered: () => Box[];
  lost: (reason: string) => string;
  reduced: () => boolean;
  witness?: Witness | undefined;
}

export class Animator {
  private readonly flights = new Map<number, Flight>();
  private readonly glows = new Glows();
  private readonly labels = new Labels();
  private readonly mirror: Mirror;
  private lastNs = -1;
  private focus: number | null = null;
  private chosen: number | null = null;
  private drawn: Flight[] = [];
  private stale = true;
  /** The canvas is empty. */
  private clean = false;
  private sightKey = '';
  /** What would have a label from this frame on: the last few get one. */
  private toSay: Flight[] = [];

  constructor(
    private readonly log: MessageSource,
    private readonly painter: Painter,
    shadows: HTMLElement,
    private readonly hooks: AnimatorHooks,
  ) {
    this.mirror = new Mirror(shadows);
  }

  setFocus(flow: number | null): void {
    if (this.focus === flow) return;
    this.focus = flow;
    for (const flight of this.flights.values()) {
      flight.focused = flow !== null && flight.message.flow === flow;
      flight.lit = false;
      flight.lit = flight.focused && this.mayLight();
      flight.hop = hopOf(flight.message, flight.focused);
      flight.shadow.dataset['focused'] = String(flight.focused);
    }
    this.stale = true;
  }

  setChosen(message: number | null): void {
    this.chosen = message;
    this.stale = true;
  }

  /** The camera moved; a label that stood free may now cover something. */
  look(sight: Sight): void {
    const key = `${sight.unit} ${sight.stage.w} ${sight.stage.h}`;
    if (key !== this.sightKey) this.labels.clear();
    this.sightKey = key;
    this.painter.look(sight);
    this.stale = true;
  }

  restyle(): void {
    this.painter.restyle();
    this.stale = true;
  }

  /** The layout is another: what moves goes on along its new way. */
  reroute(): void {
    this.labels.clear();
    this.glows.clear();
    for (const flight of [...this.flights.values()]) {
      const { message } = flight;
      const route = this.hooks.route(message.source, message.target);
      if (!route || route.length < 2) {
        this.remove(flight);
        continue;
      }
      flight.route = route;
      flight.course = courseOf(message, this.log, () => this.hooks.cutAt(message.source, message.target, route));
    }
    this.stale = true;
  }

  /** Forgets what moves; the next frame draws what is in flight at its instant. */
  reset(): void {
    for (const flight of this.flights.values()) this.mirror.hide(flight.shadow);
    this.flights.clear();
    this.glows.clear();
    this.labels.clear();
    this.lastNs = -1;
    this.stale = true;
  }

  /** The messages under a point of the stage: one, or a packet's. */
  at(x: number, y: number): MessageView[] {
    const reach = 20 * this.painter.sight.px;
    let best: Flight | undefined;
    let least = reach;
    for (const flight of this.drawn) {
      const far = Math.hypot(flight.spot.x - x, flight.spot.y - y) - (flight.focused ? 4 : 0);
      if (far <= least) [best, least] = [flight, far];
    }
    return best ? best.packet.map((flight) => flight.message) : [];
  }

  frame(ns: number, wallMs: number): void {
    const moved = ns !== this.lastNs;
    if (this.lastNs < 0) for (const message of this.log.inFlight(ns)) this.launch(message, ns, null);
    else if (ns > this.lastNs) this.launchAll(this.log.sentBetween(this.lastNs, ns), ns, 0);
    else if (ns < this.lastNs) this.launchAll(this.log.endedBetween(ns, this.lastNs), ns, 1);
    this.lastNs = ns;
    for (const flight of this.toSay.slice(-MOST_SAID)) this.say(flight, shortLabel(flight.message.label), PROTOCOLS[flight.message.protocol].colour);
    this.toSay = [];
    // Where time stands, what has found its place is not painted again; labels stay to be read.
    const idle = !moved && !this.stale && this.glows.list.length === 0 && !this.labels.list.some((label) => label.ageMs < LABEL_COMES_MS);
    let changed = !idle;
    for (const flight of this.flights.values()) if (this.move(flight, ns, wallMs, moved)) changed = true;
    if (!changed || (this.flights.size === 0 && this.clean && this.labels.list.length === 0 && this.glows.list.length === 0)) return;
    this.glows.frame(wallMs);
    this.labels.frame(moved || this.labels.list.some((label) => label.ageMs < LABEL_COMES_MS) ? wallMs : 0);
    this.stale = false;
    this.paint();
    this.clean = this.flights.size === 0 && this.glows.list.length === 0 && this.labels.list.length === 0;
  }

  private launchAll(messages: MessageView[], ns: number, from: number): void {
    let made = 0;
    for (const message of messages) {
      const focused = this.focus !== null && message.flow === this.focus;
      if (message.quiet || (!focused && (made >= MOST_NEW || this.flights.size >= MOST))) this.pulse(message);
      else {
        made += 1;
        this.launch(message, ns, from);
      }
    }
  }

  /** `from`: the share of the way where it comes into sight; null: where it is. */
  private launch(message: MessageView, ns: number, from: number | null): void {
    if (this.flights.has(message.id) || (from === null && message.quiet)) return;
    const route = this.hooks.route(message.source, message.target);
    this.hooks.witness?.('drawn', message, ns);
    if (!route || route.length < 2) {
      this.glow(message, message.quiet);
      return;
    }
    const focused = this.focus !== null && message.flow === this.focus;
    const spot: Spot = { x: 0, y: 0, u: 0, from: { x: 0, y: 0 }, to: { x: 0, y: 0 }, lit: false };
    const version = this.log.outcome(message.id);
    const course = courseOf(message, this.log, () => this.hooks.cutAt(message.source, message.target, route));
    const flight: Flight = {
      message,
      route,
      course,
      version,
      focused,
      spot,
      hop: hopOf(message, focused),
      lit: focused && this.mayLight(),
      u: from === null ? progress(course, ns).u : Math.min(from, course.lostNs === null ? 1 : course.at),
      along: 0,
      count: message.count,
      lostMs: 0,
      waiting: false,
      angle: 0,
      packet: [],
      shadow: this.mirror.show(message, focused, spot),
    };
    flight.packet = [flight];
    this.flights.set(message.id, flight);
    if (focused && message.label && from !== 1) this.toSay.push(flight);
  }

  /** Whether it looks different from before. */
  private move(flight: Flight, ns: number, wallMs: number, moved: boolean): boolean {
    const before = flight.u;
    const { message, route, spot } = flight;
    const version = this.log.outcome(message.id);
    if (version !== flight.version) {
      flight.version = version;
      flight.course = courseOf(message, this.log, () => this.hooks.cutAt(message.source, message.target, route));
    }
    const { u, being } = progress(flight.course, ns);
    flight.u = follow(flight.u, being === 'arrived' ? 1 : u, wallMs, HOP_MS);
    this.put(flight);
    flight.waiting = being === 'waiting' && flight.u === u;
    if (being === 'unsent' && flight.u <= 0) this.remove(flight);
    else if (being === 'arrived' && flight.u >= 1) this.arrive(flight, ns);
    else if (being === 'lost' && Math.abs(flight.u - u) < 0.01) this.lose(flight, ns, moved ? wallMs : 0);
    else if (flight.lostMs > 0) flight.lostMs = 0;
    const seen = flight.lostMs > 0 ? 'lost' : flight.waiting ? 'waiting' : 'moving';
    if (flight.shadow.dataset['being'] !== seen) flight.shadow.dataset['being'] = seen;
    spot.lit = flight.lit;
    return flight.u !== before || moved;
  }

  private put(flight: Flight): void {
    const { route, spot } = flight;
    const { unit, x, y } = this.painter.sight;
    const eased = this.hooks.reduced() && flight.course.lostNs === null ? 0.5 : ease(flight.u);
    const place = placeAt(route, eased);
    spot.u = eased;
    spot.x = x + place.x * unit;
    spot.y = y + place.y * unit;
    const [first, last] = [route.points[0]!, route.points.at(-1)!];
    spot.from.x = x + first.x * unit;
    spot.from.y = y + first.y * unit;
    spot.to.x = x + last.x * unit;
    spot.to.y = y + last.y * unit;
    flight.angle = place.angle;
    flight.along = eased * route.length * unit;
  }

  private lose(flight: Flight, ns: number, wallMs: number): void {
    if (flight.lostMs === 0) this.hooks.witness?.('lost', flight.message, ns);
    if (flight.lostMs === 0 && flight.focused) {
      const reason = this.log.outcome(flight.message.id)?.reason ?? '';
      this.say(flight, this.hooks.lost(reason), '--red');
    }
    flight.lostMs += Math.max(wallMs, flight.lostMs === 0 ? 1 : 0);
    if (flight.lostMs > LOST_MS) this.remove(flight);
  }

  private arrive(flight: Flight, ns: number): void {
    const { message, route, focused, lit } = flight;
    this.hooks.witness?.('arrived', message, ns);
    this.glow(message, !focused);
    if (lit) this.glows.way(route, PROTOCOLS[message.protocol].colour);
    this.remove(flight);
  }

  private paint(): void {
    const { painter } = this;
    painter.begin();
    for (const glow of this.glows.list) painter.glow(glow);
    const standing: Flight[] = [];
    for (const flight of this.flights.values()) {
      if (flight.lit && flight.lostMs === 0) painter.trail(flight.route, this.hooks.reduced() ? 1 : flight.spot.u, flight.message.protocol);
      if (flight.lostMs === 0) standing.push(flight);
    }
    const bursts = burstsOf(standing, NEAR_PX * painter.sight.px);
    this.drawn = [];
    for (const [flight, packet] of bursts) {
      flight.packet = packet;
      this.drawn.push(flight);
    }
    this.drawn.sort((a, b) => Number(a.focused) - Number(b.focused));
    for (const flight of this.drawn) this.paintOne(flight);
    for (const flight of this.flights.values()) {
      if (flight.lostMs === 0) continue;
      painter.breaks(flight.spot.x, flight.spot.y, flight.message.protocol, flight.lostMs / LOST_MS);
      flight.packet = [flight];
      this.drawn.push(flight);
    }
    for (const label of this.labels.list) painter.label(label);
  }

  private paintOne(flight: Flight): void {
    const { painter } = this;
    const { message, spot, packet } = flight;
    const weight = flight.focused ? 1 : this.focus === null ? 0.9 : 0.4;
    painter.glyph(spot.x, spot.y, flight.angle, message.protocol, flight.focused, weight);
    if (flight.waiting) painter.waits(spot.x, spot.y);
    let count = 0;
    for (const one of packet) count += one.count;
    if (count > 1) painter.count(spot.x, spot.y, `×${count}`);
    if (this.chosen !== null && packet.some((one) => one.message.id === this.chosen)) painter.ring(spot.x, spot.y, '--ink', 19);
  }

  private say(flight: Flight, text: string, colour: string): void {
    const words = text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS - 1)}…` : text;
    const { sight } = this.painter;
    const w = this.painter.measure(words) + 28 * sight.px;
    this.labels.say({ id: flight.message.id, words, colour, w, h: 28 * sight.px }, flight.route, sight, this.hooks.covered());
  }

  private pulse(message: MessageView): void {
    this.glow(message, true);
    const route = this.hooks.route(message.source, message.target);
    if (!route || this.hooks.reduced()) return;
    this.glows.link(`${message.source} ${message.target}`, route, PROTOCOLS[message.protocol].colour);
  }

  /** The card that it reached glows. */
  private glow(message: MessageView, faint: boolean): void {
    const box = this.hooks.box(message.target);
    if (box) this.glows.card(message.target, box, PROTOCOLS[message.protocol].colour, faint);
  }

  private mayLight(): boolean {
    let lit = 0;
    for (const flight of this.flights.values()) if (flight.lit) lit += 1;
    return lit < MOST_LIT;
  }

  private remove(flight: Flight): void {
    this.flights.delete(flight.message.id);
    this.labels.release(flight.message.id);
    this.mirror.hide(flight.shadow);
    this.stale = true;
  }
}

function hopOf({ source, target, protocol }: MessageView, focused: boolean): string {
  return `${source} ${target} ${protocol} ${focused}`;
}
