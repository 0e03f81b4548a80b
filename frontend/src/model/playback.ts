/**
 * The clock of the screen.
 *
 * The server says which piece of virtual time is to be shown in how many milliseconds; this plays the pieces one after
 * the other, a little behind (`TARGET_MS`), a touch faster when it falls behind and slower when it runs dry, so that the
 * picture never stutters. It never shows an instant that the server has not spoken of. In the past it stands, or goes
 * through the recording, forward or backward.
 */
import type { Stretch } from '../wire';

const TARGET_MS = 40;
const LATE_MS = 1500;

export class Playback {
  private queue: Stretch[] = [];
  private spentMs = 0;
  private queuedMs = 0;
  private liveNs = 0;
  private scrubbedNs: number | null = null;
  /** How the past goes: it stands (0), forward (1), backward (-1). */
  direction: -1 | 0 | 1 = 0;
  /** The instant of the recording that is `wallMs` later, or earlier where it is negative. */
  walk: (ns: number, wallMs: number) => number = (ns) => ns;
  /** The server says that time stands still: what is left is played out at its own speed. */
  paused = false;

  /** The instant on the screen. */
  get displayNs(): number {
    return this.scrubbedNs ?? this.liveNs;
  }

  /** The instant that the live view shows, whether it is looked at or not. */
  get presentNs(): number {
    return this.liveNs;
  }

  get live(): boolean {
    return this.scrubbedNs === null;
  }

  /** Milliseconds that are still to be played. */
  get backlogMs(): number {
    return this.queuedMs - this.spentMs;
  }

  /** Virtual nanoseconds a wall millisecond, in the piece that plays. */
  get slope(): number {
    const piece = this.queue[0];
    return piece && piece.wall_ms > 0 ? (piece.to_ns - piece.from_ns) / piece.wall_ms : 0;
  }

  reset(nowNs: number): void {
    this.queue = [];
    this.spentMs = 0;
    this.queuedMs = 0;
    this.liveNs = nowNs;
    this.scrubbedNs = null;
    this.direction = 0;
  }

  push(stretch: Stretch): void {
    this.queue.push(stretch);
    this.queuedMs += stretch.wall_ms;
    if (this.backlogMs > 2 * LATE_MS) this.catchUp();
  }

  /** Looks at a past instant and stays there. */
  scrubTo(t: number): void {
    this.scrubbedNs = Math.max(0, Math.round(t));
    this.direction = 0;
  }

  /** Goes through the recording from the instant that is looked at. */
  play(direction: -1 | 1): void {
    this.scrubbedNs ??= this.liveNs;
    this.direction = direction;
  }

  backToLive(): void {
    this.scrubbedNs = null;
    this.direction = 0;
  }

  /** Lets `wallMs` pass and returns the instant to be shown. */
  advance(wallMs: number): number {
    if (this.backlogMs > LATE_MS) this.catchUp();
    let left = wallMs * this.speed();
    while (this.queue.length > 0) {
      const piece = this.queue[0]!;
      const remaining = piece.wall_ms - this.spentMs;
      if (left < remaining) {
        this.spentMs += left;
        this.liveNs = Math.max(this.liveNs, piece.from_ns + (piece.to_ns - piece.from_ns) * (this.spentMs / piece.wall_ms));
        break;
      }
      left -= Math.max(0, remaining);
      this.queue.shift();
      this.queuedMs -= piece.wall_ms;
      this.spentMs = 0;
      this.liveNs = Math.max(this.liveNs, piece.to_ns);
    }
    this.goThroughThePast(wallMs);
    return this.displayNs;
  }

  /** The present has been reached: it is live again. */
  private goThroughThePast(wallMs: number): void {
    if (this.scrubbedNs === null || this.direction === 0) return;
    const before = this.scrubbedNs;
    this.scrubbedNs = Math.max(0, this.walk(before, wallMs * this.direction));
    if (this.direction > 0 && this.scrubbedNs >= this.liveNs) this.backToLive();
  }

  private speed(): number {
    const off = this.backlogMs - TARGET_MS;
    if (this.paused && off < 0) return 1;
    return Math.min(3, Math.max(0.6, 1 + off / (off > 0 ? 250 : 100)));
  }

  /** Drops all but the last pieces: a tab that was hidden comes back to the present at once. */
  private catchUp(): void {
    while (this.queue.length > 1 && this.backlogMs > TARGET_MS + 100) {
      const piece = this.queue.shift()!;
      this.queuedMs -= piece.wall_ms;
      this.spentMs = 0;
      this.liveNs = Math.max(this.liveNs, piece.to_ns);
    }
  }
}
