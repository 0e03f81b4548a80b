/**
 * Paints what moves on one canvas that covers the stage: a layer of its own, so that no card below it is painted again.
 * Glyphs are drawn once and copied; everything has the same size at every zoom but for a little.
 */
import type { Box } from '../layout';
import type { Route } from '../path';
import { PROTOCOLS, SHAPES } from '../protocols';
import type { Protocol } from '../../wire';
import type { Glow } from './glows';
import { boxOf, type Label, opacity } from './labels';

const GLYPH = 40;

export interface Sight {
  unit: number;
  x: number;
  y: number;
  stage: { w: number; h: number };
  /** Pixels of sixteenths of a rem. */
  px: number;
}

export class Painter {
  private readonly pen: CanvasRenderingContext2D;
  private readonly glyphs = new Map<string, HTMLCanvasElement>();
  private readonly colours = new Map<string, string>();
  private dpr = 1;
  private clean = true;
  private size = 1;
  sight: Sight = { unit: 1, x: 0, y: 0, stage: { w: 1, h: 1 }, px: 1 };

  constructor(private readonly canvas: HTMLCanvasElement) {
    this.pen = canvas.getContext('2d')!;
  }

  /** The theme has changed. */
  restyle(): void {
    this.glyphs.clear();
    this.colours.clear();
  }

  look(sight: Sight): void {
    this.sight = sight;
    this.dpr = Math.min(2, devicePixelRatio || 1);
    const [w, h] = [Math.round(sight.stage.w * this.dpr), Math.round(sight.stage.h * this.dpr)];
    if (this.canvas.width !== w || this.canvas.height !== h) {
      this.canvas.width = w;
      this.canvas.height = h;
      this.clean = true;
    }
    // In steps, so that glyphs are not drawn anew for each frame of a flight.
    const wanted = sight.px * Math.max(1, sight.unit / sight.px) ** 0.35;
    const size = 1.12 ** Math.round(Math.log(wanted) / Math.log(1.12));
    if (Math.abs(size - this.size) > 0.001) {
      this.size = size;
      this.glyphs.clear();
    }
  }

  begin(): void {
    const { pen, dpr } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    if (!this.clean) pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.setTransform(dpr, 0, 0, dpr, 0, 0);
    this.clean = true;
  }

  /** How wide words are in a label, in pixels. */
  measure(words: string): number {
    this.pen.font = this.font(600);
    return this.pen.measureText(words).width;
  }

  glow(glow: Glow): void {
    const { pen } = this;
    this.clean = false;
    const u = glow.ageMs / glow.lastsMs;
    pen.globalAlpha = glow.strength * (1 - u) * (1 - u * 0.3);
    pen.strokeStyle = this.colour(glow.colour);
    pen.lineWidth = glow.width * this.sight.px;
    pen.beginPath();
    if (glow.box) this.card(glow.box);
    else if (glow.route) this.trace(glow.route, 1);
    pen.stroke();
    pen.globalAlpha = 1;
  }

  /** The lit piece of a link behind a message of the focused flow. */
  trail(route: Route, u: number, protocol: Protocol): void {
    const { pen } = this;
    this.clean = false;
    pen.strokeStyle = this.colour(PROTOCOLS[protocol].colour);
    pen.lineCap = 'round';
    pen.lineJoin = 'round';
    pen.beginPath();
    this.trace(route, u);
    pen.globalAlpha = 0.24;
    pen.lineWidth = 11 * this.sight.px;
    pen.stroke();
    pen.globalAlpha = 1;
    pen.lineWidth = 3.5 * this.sight.px;
    pen.stroke();
  }

  glyph(x: number, y: number, angle: number, protocol: Protocol, focused: boolean, weight: number): void {
    const { pen } = this;
    this.clean = false;
    const image = this.drawn(protocol, focused);
    const size = GLYPH * this.size;
    pen.globalAlpha = weight;
    if (angle && PROTOCOLS[protocol].shape === 'triangle') {
      pen.save();
      pen.translate(x, y);
      pen.rotate((angle * Math.PI) / 180);
      pen.drawImage(image, -size / 2, -size / 2, size, size);
      pen.restore();
    } else {
      pen.drawImage(image, x - size / 2, y - size / 2, size, size);
    }
    pen.globalAlpha = 1;
  }

  /** A packet of many: a second outline behind it, and how many. */
  count(x: number, y: number, text: string): void {
    const { pen, size } = this;
    pen.font = this.font(700);
    pen.textAlign = 'left';
    pen.textBaseline = 'alphabetic';
    pen.lineJoin = 'round';
    pen.strokeStyle = this.colour('--ground');
    pen.lineWidth = 4 * size;
    pen.strokeText(text, x + 12 * size, y - 8 * size);
    pen.fillStyle = this.colour('--ink');
    pen.fillText(text, x + 12 * size, y - 8 * size);
  }

  ring(x: number, y: number, colour: string, radius: number, width = 2.5): void {
    const { pen, size } = this;
    pen.strokeStyle = this.colour(colour);
    pen.lineWidth = width * size;
    pen.beginPath();
    pen.arc(x, y, radius * size, 0, 7);
    pen.stroke();
  }

  /** Waits: two bars beside it. */
  waits(x: number, y: number): void {
    const { pen, size } = this;
    this.ring(x, y, '--amber', 17, 2);
    pen.fillStyle = this.colour('--ground');
    pen.fillRect(x - 5 * size, y - 6 * size, 4 * size, 12 * size);
    pen.fillRect(x + 1 * size, y - 6 * size, 4 * size, 12 * size);
  }

  /** Breaks: a cross where it was, and its pieces that fly apart; `u` from 0 to 1. */
  breaks(x: number, y: number, protocol: Protocol, u: number): void {
    const { pen, size } = this;
    this.clean = false;
    const out = 1 - (1 - u) ** 3;
    pen.globalAlpha = Math.max(0, 1 - u * 1.1);
    pen.fillStyle = this.colour(PROTOCOLS[protocol].colour);
    for (let i = 0; i < 6; i += 1) {
      const angle = 0.5 + (i * Math.PI) / 3;
      const far = (5 + 22 * out) * size;
      const [px, py] = [x + Math.cos(angle) * far, y + Math.sin(angle) * far];
      const half = (3.6 - 1.6 * out) * size;
      pen.fillRect(px - half, py - half, 2 * half, 2 * half);
    }
    pen.globalAlpha = u < 0.75 ? 1 : Math.max(0, (1 - u) * 4);
    pen.lineCap = 'round';
    const arm = 11 * size;
    for (const [colour, width] of [['--ground', 9], ['--red', 5]] as const) {
      pen.strokeStyle = this.colour(colour);
      pen.lineWidth = width * size;
      pen.beginPath();
      pen.moveTo(x - arm, y - arm);
      pen.lineTo(x + arm, y + arm);
      pen.moveTo(x + arm, y - arm);
      pen.lineTo(x - arm, y + arm);
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  label(label: Label): void {
    const { pen } = this;
    this.clean = false;
    const { x, y, w, h } = boxOf(label, this.sight);
    pen.globalAlpha = opacity(label);
    pen.fillStyle = this.colour('--ground');
    pen.strokeStyle = this.colour(label.colour);
    pen.lineWidth = 1.75 * this.sight.px;
    pen.beginPath();
    pen.roundRect(x, y, w, h, h / 2);
    pen.fill();
    pen.stroke();
    pen.fillStyle = this.colour(label.colour);
    pen.font = this.font(600);
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.fillText(label.words, x + w / 2, y + h / 2 + this.sight.px);
    pen.globalAlpha = 1;
  }

  private font(weight: number): string {
    return `${weight} ${(16 * this.sight.px).toFixed(1)}px 'Inter Variable', 'Noto Sans KR Variable', sans-serif`;
  }

  private card({ x, y, w, h }: Box): void {
    const { unit, x: ox, y: oy } = this.sight;
    this.pen.roundRect(ox + x * unit, oy + y * unit, w * unit, h * unit, Math.min(10, h / 4) * unit);
  }

  /** The way up to a share of it. */
  private trace(route: Route, u: number): void {
    const { pen } = this;
    const { unit, x: ox, y: oy } = this.sight;
    const { points, at, length } = route;
    const goal = u * length;
    pen.moveTo(ox + points[0]!.x * unit, oy + points[0]!.y * unit);
    for (let i = 1; i < points.length; i += 1) {
      const [a, b] = [points[i - 1]!, points[i]!];
      const span = at[i]! - at[i - 1]!;
      const share = at[i]! <= goal || span === 0 ? 1 : (goal - at[i - 1]!) / span;
      pen.lineTo(ox + (a.x + (b.x - a.x) * share) * unit, oy + (a.y + (b.y - a.y) * share) * unit);
      if (at[i]! >= goal) break;
    }
  }

  private drawn(protocol: Protocol, focused: boolean): HTMLCanvasElement {
    const { shape, colour } = PROTOCOLS[protocol];
    const key = `${shape} ${colour} ${focused}`;
    const known = this.glyphs.get(key);
    if (known) return known;
    const made = document.createElement('canvas');
    const side = Math.ceil(GLYPH * this.size * this.dpr);
    made.width = side;
    made.height = side;
    const pen = made.getContext('2d')!;
    pen.translate(side / 2, side / 2);
    pen.scale(side / GLYPH, side / GLYPH);
    pen.fillStyle = this.colour(colour);
    if (focused) {
      pen.globalAlpha = 0.24;
      pen.beginPath();
      pen.arc(0, 0, 19, 0, 7);
      pen.fill();
      pen.globalAlpha = 1;
    } else {
      pen.scale(0.78, 0.78);
    }
    const outline = new Path2D(SHAPES[shape]);
    pen.fill(outline);
    pen.strokeStyle = this.colour('--ground');
    pen.lineWidth = 2;
    pen.stroke(outline);
    this.glyphs.set(key, made);
    return made;
  }

  /** A custom property's value. */
  private colour(name: string): string {
    let value = this.colours.get(name);
    if (value === undefined) {
      value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
      this.colours.set(name, value);
    }
    return value;
  }
}
