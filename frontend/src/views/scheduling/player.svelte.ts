/** Plays a decision again: play, stop, one point on or back, from the start, to the end. */
import { reducedMotion } from '../../state/settings.svelte';
import { theatre } from '../../state/theatre.svelte';
import type { DecisionRecord } from '../../wire';
import { lengthOf, placeAt, seenAt, startOf, stepsOf, type Seen, type Step } from './replay';

export class Player {
  private decision = $state.raw<DecisionRecord | null>(null);
  private ms = $state(0);
  playing = $state(false);
  readonly steps: Step[] = $derived(this.decision ? stepsOf(this.decision) : []);
  readonly index: number = $derived(this.steps.length > 0 ? placeAt(this.steps, this.ms).index : 0);
  /** Changes only when something is to be seen: what is drawn hangs on it, not on the running time. */
  private readonly seenText: string = $derived(this.decision ? JSON.stringify(seenAt(this.decision, this.steps, placeAt(this.steps, this.ms))) : '');
  readonly seen: Seen | null = $derived(this.seenText ? (JSON.parse(this.seenText) as Seen) : null);

  /** Shows a decision: from its start, or as it ended. */
  open(decision: DecisionRecord, play: boolean): void {
    this.decision = decision;
    if (play && !reducedMotion()) this.replay();
    else this.skip();
  }

  start(): () => void {
    return theatre.onFrame((_, wallMs) => {
      if (this.playing) this.advance(wallMs);
    });
  }

  advance(wallMs: number): void {
    const end = lengthOf(this.steps);
    this.ms = Math.min(end, this.ms + wallMs);
    if (this.ms >= end) this.playing = false;
  }

  toggle(): void {
    if (this.playing) this.playing = false;
    else if (this.seen?.over) this.replay();
    else this.playing = true;
  }

  replay(): void {
    this.ms = 0;
    this.playing = true;
  }

  skip(): void {
    this.ms = lengthOf(this.steps);
    this.playing = false;
  }

  /** To the end of this point or, if it is over, of the next; back: to the end of the one before. */
  step(by: 1 | -1): void {
    const over = this.ms >= startOf(this.steps, this.index + 1) - 1;
    if (by === -1 && this.index === 0) this.ms = 0;
    else this.goTo(by === -1 ? this.index - 1 : over ? this.index + 1 : this.index);
    this.playing = false;
  }

  /** To the end of that point. */
  goTo(index: number): void {
    this.playing = false;
    const bounded = Math.min(Math.max(index, 0), this.steps.length - 1);
    this.ms = bounded === this.steps.length - 1 ? lengthOf(this.steps) : startOf(this.steps, bounded + 1) - 1;
  }
}
