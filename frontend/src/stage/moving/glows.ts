/** Short glows: of a card that a message reached, of a link that a heartbeat crossed, of the way that was travelled. */
import type { Box } from '../layout';
import type { Route } from '../path';

const MOST_FAINT = 18;
const LEAST_APART_MS = { faint: 450, strong: 120 };

export interface Glow {
  box: Box | null;
  route: Route | null;
  colour: string;
  /** At its brightest. */
  strength: number;
  width: number;
  ageMs: number;
  lastsMs: number;
}

export class Glows {
  list: Glow[] = [];
  private nowMs = 0;
  private readonly last = new Map<string, number>();

  /** The border of a card glows once. */
  card(id: string, box: Box, colour: string, faint: boolean): void {
    if (!this.due(id, faint)) return;
    this.list.push({ box, route: null, colour, strength: faint ? 0.45 : 0.95, width: faint ? 2 : 4, ageMs: 0, lastsMs: faint ? 500 : 700 });
  }

  /** The whole link glows faintly, once. */
  link(key: string, route: Route, colour: string): void {
    if (!this.due(key, true)) return;
    this.list.push({ box: null, route, colour, strength: 0.42, width: 3, ageMs: 0, lastsMs: 620 });
  }

  /** The way that a message of the focused flow came stays lit for a moment. */
  way(route: Route, colour: string): void {
    this.list.push({ box: null, route, colour, strength: 0.8, width: 3.5, ageMs: 0, lastsMs: 700 });
  }

  frame(wallMs: number): void {
    this.nowMs += wallMs;
    if (this.list.length === 0) return;
    for (const glow of this.list) glow.ageMs += wallMs;
    this.list = this.list.filter((glow) => glow.ageMs < glow.lastsMs);
  }

  clear(): void {
    this.list = [];
  }

  private due(key: string, faint: boolean): boolean {
    if (faint && this.list.length >= MOST_FAINT) return false;
    if (this.nowMs - (this.last.get(key) ?? -1e9) < (faint ? LEAST_APART_MS.faint : LEAST_APART_MS.strong)) return false;
    this.last.set(key, this.nowMs);
    return true;
  }
}
