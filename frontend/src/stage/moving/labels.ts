/**
 * At most three labels, beside the ways of the focused flow, in places where they cover no word. A label stands still, so
 * that it can be read; one for which there is no free place is left out.
 */
import type { Box } from '../layout';
import { placeAt, type Point, type Route } from '../path';

const MOST = 3;
const LEAST_MS = 1500;
const LONGEST_MS = 6000;
const FADE_MS = 180;
const SHARES = [0.5, 0.35, 0.65, 0.2, 0.8, 0.05, 0.95];
/** How far from the way, in heights of a label. */
const STEPS = [1, 1.6, 2.4, 3.4];

export interface Label {
  id: number;
  words: string;
  colour: string;
  /** Its middle, in units of the world. */
  x: number;
  y: number;
  /** Pixels. */
  w: number;
  h: number;
  ageMs: number;
  released: boolean;
  /** From when on it fades, by its age. */
  fadesMs: number;
}

export interface LabelSight {
  /** Pixels of a world unit, and the world's origin on the stage in pixels. */
  unit: number;
  x: number;
  y: number;
  stage: { w: number; h: number };
}

export class Labels {
  list: Label[] = [];

  say(label: Pick<Label, 'id' | 'words' | 'colour' | 'w' | 'h'>, route: Route, sight: LabelSight, covered: readonly Box[]): void {
    this.list = this.list.filter((other) => other.id !== label.id && other.words !== label.words);
    const standing = this.list.filter((other) => !other.released || other.ageMs < LEAST_MS / 2);
    const place = freePlace(route, label, sight, [...covered, ...standing.map((other) => boxOf(other, sight))]);
    if (!place) return;
    const box = { x: place.x - label.w / 2, y: place.y - label.h / 2, w: label.w, h: label.h };
    this.list = this.list.filter((other) => standing.includes(other) || !meets(boxOf(other, sight), box, 6));
    this.list.push({ ...label, x: (place.x - sight.x) / sight.unit, y: (place.y - sight.y) / sight.unit, ageMs: 0, released: false, fadesMs: LONGEST_MS });
    while (this.list.length > MOST) this.list.shift();
  }

  /** The message has arrived: its label may go once it has been read. */
  release(id: number): void {
    const label = this.list.find((item) => item.id === id);
    if (!label || label.released) return;
    label.released = true;
    label.fadesMs = Math.min(label.fadesMs, Math.max(LEAST_MS, label.ageMs));
  }

  frame(wallMs: number): void {
    for (const label of this.list) label.ageMs += wallMs;
    if (this.list.some((label) => label.ageMs >= label.fadesMs + FADE_MS)) {
      this.list = this.list.filter((label) => label.ageMs < label.fadesMs + FADE_MS);
    }
  }

  clear(): void {
    this.list = [];
  }
}

/** How much of it is seen. */
export function opacity(label: Label): number {
  return Math.min(1, label.ageMs / 140 + 0.1, Math.max(0, 1 - (label.ageMs - label.fadesMs) / FADE_MS));
}

export function boxOf(label: Label, sight: LabelSight): Box {
  return { x: sight.x + label.x * sight.unit - label.w / 2, y: sight.y + label.y * sight.unit - label.h / 2, w: label.w, h: label.h };
}

/** The middle of the first place beside the way that covers nothing; near its middle before far. */
export function freePlace(route: Route, { w, h }: { w: number; h: number }, sight: LabelSight, covered: readonly Box[]): Point | null {
  const margin = 4;
  const free = (x: number, y: number) => {
    const box = { x: x - w / 2, y: y - h / 2, w, h };
    if (box.x < margin || box.y < margin || box.x + w > sight.stage.w - margin || box.y + h > sight.stage.h - margin) return false;
    return !covered.some((other) => meets(box, other, 3));
  };
  for (const step of STEPS) {
    for (const share of SHARES) {
      const { x, y, angle } = placeAt(route, share);
      const [px, py] = [sight.x + x * sight.unit, sight.y + y * sight.unit];
      const level = Math.abs(Math.cos((angle * Math.PI) / 180)) > 0.7;
      const aside = w / 2 + 20 * step - 6;
      const tries = level
        ? [[0, -h * step], [0, h * step]]
        : [[aside, 0], [-aside, 0], [aside, -h * step], [aside, h * step], [-aside, -h * step], [-aside, h * step], [0, -h * step], [0, h * step]];
      for (const [dx, dy] of tries) if (free(px + dx!, py + dy!)) return { x: px + dx!, y: py + dy! };
    }
  }
  return null;
}

function meets(a: Box, b: Box, margin: number): boolean {
  return a.x < b.x + b.w + margin && b.x < a.x + a.w + margin && a.y < b.y + b.h + margin && b.y < a.y + a.h + margin;
}
