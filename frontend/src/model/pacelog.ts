/**
 * The pace at which a run was shown: which piece of virtual time took how much wall time. The past is played again, forward
 * or backward, as it was seen, so that what was slow enough to watch is so again.
 */
import type { Stretch } from '../wire';
import { upperBound } from './timeline';

export class PaceLog {
  private stretches: Stretch[] = [];
  private ends: number[] = [];

  get size(): number {
    return this.stretches.length;
  }

  /** Pieces come in order; those in which nothing passed are not kept. */
  add(stretch: Stretch): void {
    if (stretch.to_ns <= stretch.from_ns) return;
    this.stretches.push(stretch);
    this.ends.push(stretch.to_ns);
  }

  /** Forgets what ended before an instant. */
  forget(beforeNs: number): void {
    const count = upperBound(this.ends, beforeNs);
    this.stretches.splice(0, count);
    this.ends.splice(0, count);
  }

  clear(): void {
    this.stretches = [];
    this.ends = [];
  }

  /** The instant `wallMs` later, or earlier where it is negative; at the end of what is known it stays there. */
  walk(ns: number, wallMs: number): number {
    return wallMs >= 0 ? this.forward(ns, wallMs) : this.backward(ns, -wallMs);
  }

  private forward(ns: number, wallMs: number): number {
    let left = wallMs;
    let at = ns;
    for (let i = upperBound(this.ends, at); i < this.stretches.length; i += 1) {
      const piece = this.stretches[i]!;
      at = Math.max(at, piece.from_ns);
      const ms = ((piece.to_ns - at) / (piece.to_ns - piece.from_ns)) * piece.wall_ms;
      if (left < ms) return at + (left / piece.wall_ms) * (piece.to_ns - piece.from_ns);
      left -= ms;
      at = piece.to_ns;
    }
    return at;
  }

  private backward(ns: number, wallMs: number): number {
    let left = wallMs;
    let at = ns;
    for (let i = Math.min(upperBound(this.ends, at), this.stretches.length - 1); i >= 0; i -= 1) {
      const piece = this.stretches[i]!;
      if (piece.from_ns >= at) continue;
      at = Math.min(at, piece.to_ns);
      const ms = ((at - piece.from_ns) / (piece.to_ns - piece.from_ns)) * piece.wall_ms;
      if (left < ms) return at - (left / piece.wall_ms) * (piece.to_ns - piece.from_ns);
      left -= ms;
      at = piece.from_ns;
    }
    return at;
  }
}
