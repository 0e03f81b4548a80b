/**
 * Moves the messages. Elements are made once and used again, and are changed here, not by Svelte: at sixty frames a
 * second with hundreds in flight, a frame costs one transform each.
 *
 * A message stands where the virtual instant puts it, between its sending and its arrival. Where time runs so fast that
 * this would last no frame at all, it is given `MIN_HOP_MS` of the wall's time to cross, never less than its own.
 */
import type { MessageSource } from '../model/messages';
import type { MessageView } from '../wire';
import type { Box } from './layout';
import { LabelLayer, type LabelLanes } from './labels';
import { ease, placeAt, type Route } from './path';
import { colourOf, PROTOCOLS } from './protocols';
import { Pulses } from './pulses';
import { Sprite } from './sprite';
import { shortLabel } from './words';

const MIN_HOP_MS = 260;
const LOST_MS = 1400;
const MAX_SPRITES = 220;
const MAX_NEW = 24;
/** Lit links at a time: more is a tangle, and costs the painter dear. */
const MAX_TRAILS = 6;

interface Flight {
  message: MessageView;
  route: Route;
  sprite: Sprite;
  focused: boolean;
  ageMs: number;
  lostMs: number;
}

/** Is told what the stage draws, each message that a burst stands for too: so that it can be held against the trace. */
export type Witness = (what: 'drawn' | 'arrived' | 'lost', message: MessageView, ns: number) => void;

export interface AnimatorHooks {
  route: (source: string, target: string) => Route | null;
  box: (component: string) => Box | undefined;
  lost: (reason: string) => string;
  reduced: () => boolean;
  witness?: Witness | undefined;
}

const DROP_SHARE = { source: 0.06, link: 0.5, target: 0.94 };

export class Animator {
  private flights = new Map<number, Flight>();
  private pool: Sprite[] = [];
  private lastNs = -1;
  private clockMs = 0;
  private nowNs = 0;
  private readonly pulses: Pulses;
  private readonly labels: LabelLayer;
  private focus: number | null = null;
  private chosen: number | null = null;

  constructor(
    private readonly log: MessageSource,
    private readonly layers: { trails: SVGGElement; glyphs: SVGGElement; labels: SVGGElement },
    private readonly hooks: AnimatorHooks,
  ) {
    this.labels = new LabelLayer(layers.labels);
    this.pulses = new Pulses(layers.trails);
  }

  get count(): number {
    return this.flights.size;
  }

  setBounds(width: number, height: number, lanes: LabelLanes | null = null): void {
    this.labels.setBounds(width, height, lanes);
  }

  setFocus(flow: number | null): void {
    if (this.focus === flow) return;
    this.focus = flow;
    for (const flight of this.flights.values()) {
      flight.focused = flow !== null && flight.message.flow === flow;
      flight.sprite.dress(flight.message, this.weight(flight), flight.focused, this.mayTrail());
    }
  }

  setChosen(message: number | null): void {
    this.chosen = message;
    for (const flight of this.flights.values()) flight.sprite.ring(flight.message.id === message);
  }

  /** The layout is another: what moves goes on along its new way. */
  reroute(): void {
    const flying = [...this.flights.values()];
    for (const flight of flying) this.release(flight);
    this.flights.clear();
    this.labels.clear();
    for (const { message, ageMs } of flying) this.launch(message, ageMs);
  }

  /** Forgets what moves; the next frame draws what is in flight at its instant. */
  reset(): void {
    for (const flight of this.flights.values()) this.release(flight);
    this.flights.clear();
    this.labels.clear();
    this.lastNs = -1;
  }

  frame(ns: number, wallMs: number): void {
    this.clockMs += wallMs;
    this.nowNs = ns;
    if (this.lastNs < 0 || ns < this.lastNs) {
      if (this.lastNs >= 0) this.reset();
      for (const message of this.log.inFlight(ns)) if (!message.quiet) this.launch(message, MIN_HOP_MS);
    } else if (ns > this.lastNs) {
      this.launchAll(this.log.sentBetween(this.lastNs, ns));
    }
    this.lastNs = ns;
    for (const flight of this.flights.values()) this.move(flight, ns, wallMs);
    this.labels.frame(wallMs);
  }

  private launchAll(messages: MessageView[]): void {
    let made = 0;
    for (const message of messages) {
      const focused = this.focus !== null && message.flow === this.focus;
      if (message.quiet || (!focused && (made >= MAX_NEW || this.flights.size >= MAX_SPRITES))) this.pulse(message);
      else {
        made += 1;
        this.launch(message, 0);
      }
    }
  }

  private launch(message: MessageView, ageMs: number): void {
    if (this.flights.has(message.id)) return;
    const route = this.hooks.route(message.source, message.target);
    this.hooks.witness?.('drawn', message, this.nowNs);
    if (!route || route.length < 2) {
      this.glow(message, message.quiet);
      return;
    }
    const sprite = this.pool.pop() ?? new Sprite(this.layers);
    const flight: Flight = {
      message,
      route,
      sprite,
      focused: this.focus !== null && message.flow === this.focus,
      ageMs,
      lostMs: 0,
    };
    sprite.show(message, route);
    sprite.dress(message, this.weight(flight), flight.focused, this.mayTrail());
    sprite.ring(message.id === this.chosen);
    this.flights.set(message.id, flight);
    if (flight.focused && message.label) this.labels.say(message.id, shortLabel(message.label), route, colourOf(message.protocol));
  }

  private move(flight: Flight, ns: number, wallMs: number): void {
    const { message, route, sprite } = flight;
    flight.ageMs += wallMs;
    const outcome = this.log.outcome(message.id);
    const delayed = outcome?.state === 'delayed' && ns >= outcome.t_ns ? outcome.arrives_ns : null;
    const arrives = delayed ?? message.arrives_ns;
    const virtual = (ns - message.sent_ns) / Math.max(1, arrives - message.sent_ns);
    const share = Math.min(1, Math.min(virtual, flight.ageMs / MIN_HOP_MS));
    if (outcome?.state === 'dropped' && ns >= outcome.t_ns) {
      this.lose(flight, DROP_SHARE[outcome.where], share, outcome.reason, wallMs);
      return;
    }
    if (share >= 1) {
      this.arrive(flight);
      return;
    }
    const u = this.hooks.reduced() ? 0.5 : ease(Math.max(0, share));
    const place = placeAt(route, u);
    sprite.place(place, PROTOCOLS[message.protocol].shape === 'triangle' ? place.angle : 0);
    sprite.trail(this.hooks.reduced() ? 1 : u, route.length);
  }

  private lose(flight: Flight, where: number, share: number, reason: string, wallMs: number): void {
    const u = Math.min(where, ease(Math.max(0, share)));
    if (u < where - 0.01 && flight.ageMs < MIN_HOP_MS) {
      const place = placeAt(flight.route, u);
      flight.sprite.place(place, place.angle);
      flight.sprite.trail(u, flight.route.length);
      return;
    }
    if (flight.lostMs === 0) {
      this.hooks.witness?.('lost', flight.message, this.nowNs);
      flight.sprite.breakAt(placeAt(flight.route, where));
      if (flight.focused) this.labels.say(flight.message.id, this.hooks.lost(reason), flight.route, 'var(--red)');
    }
    flight.lostMs += wallMs;
    if (flight.lostMs > LOST_MS) this.remove(flight);
  }

  private arrive(flight: Flight): void {
    const { message, route, sprite, focused } = flight;
    this.glow(message, !focused);
    if (sprite.trailed) sprite.fadeTrail(route);
    this.labels.release(message.id);
    this.hooks.witness?.('arrived', message, this.nowNs);
    this.remove(flight);
  }

  private pulse(message: MessageView): void {
    this.glow(message, true);
    const route = this.hooks.route(message.source, message.target);
    if (!route || this.hooks.reduced()) return;
    this.pulses.link(`${message.source} ${message.target}`, route, colourOf(message.protocol), this.clockMs);
  }

  /** The card that it reached glows. */
  private glow(message: MessageView, faint: boolean): void {
    const box = this.hooks.box(message.target);
    if (box) this.pulses.card(message.target, box, colourOf(message.protocol), faint, this.clockMs);
  }

  private mayTrail(): boolean {
    let lit = 0;
    for (const flight of this.flights.values()) if (flight.sprite.trailed) lit += 1;
    return lit < MAX_TRAILS;
  }

  private weight(flight: Flight): number {
    if (flight.focused) return 1;
    return this.focus === null ? 0.9 : 0.4;
  }

  private remove(flight: Flight): void {
    this.flights.delete(flight.message.id);
    this.release(flight);
  }

  private release(flight: Flight): void {
    flight.sprite.hide();
    if (this.pool.length < MAX_SPRITES) this.pool.push(flight.sprite);
    else flight.sprite.destroy();
  }
}
