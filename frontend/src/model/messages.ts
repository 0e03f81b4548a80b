/**
 * The messages of a run, by when they are under way.
 *
 * Messages come in the order in which they were sent. Nearly all fly for milliseconds; the few that take longer than
 * `LONG_NS` stand in a list of their own, so that asking what was in flight at an instant looks at a short stretch only.
 */
import type { MessageView, Outcome } from '../wire';

const LONG_NS = 500_000_000;

/** What those who draw messages ask of them. */
export interface MessageSource {
  get(id: number): MessageView | undefined;
  outcome(id: number): Outcome | undefined;
  end(message: MessageView): number;
  inFlight(t: number): MessageView[];
  sentBetween(from: number, to: number): MessageView[];
  endedBetween(from: number, to: number): MessageView[];
  lost(message: MessageView): Outcome | null;
  held(message: MessageView): { fromNs: number; untilNs: number } | null;
}

export class MessageLog implements MessageSource {
  /** From this instant on every message is kept. */
  horizonNs = 0;
  private sent: MessageView[] = [];
  private readonly long = new Set<MessageView>();
  private readonly outcomes = new Map<number, Outcome>();
  /** Since when what was held back has waited. */
  private readonly waited = new Map<number, number>();
  private readonly known = new Map<number, MessageView>();

  constructor(private readonly limit = 40_000) {}

  get size(): number {
    return this.sent.length;
  }

  add(message: MessageView): void {
    if (this.known.has(message.id)) return;
    this.known.set(message.id, message);
    const last = this.sent.at(-1);
    if (last && last.sent_ns > message.sent_ns) {
      this.sent.splice(this.firstAfter(message.sent_ns), 0, message);
    } else {
      this.sent.push(message);
    }
    if (message.arrives_ns - message.sent_ns > LONG_NS) this.long.add(message);
    if (this.sent.length > this.limit) this.forget(this.sent.length >> 2);
  }

  settle(outcome: Outcome): void {
    const message = this.known.get(outcome.message);
    if (!message) return;
    this.outcomes.set(outcome.message, outcome);
    if (outcome.state !== 'delayed') return;
    if (!this.waited.has(message.id)) this.waited.set(message.id, outcome.t_ns);
    if (outcome.arrives_ns === null || outcome.arrives_ns - message.sent_ns > LONG_NS) this.long.add(message);
  }

  get(id: number): MessageView | undefined {
    return this.known.get(id);
  }

  outcome(id: number): Outcome | undefined {
    return this.outcomes.get(id);
  }

  /** When the message leaves the stage: at its arrival, or where it was lost. */
  end(message: MessageView): number {
    const outcome = this.outcomes.get(message.id);
    if (!outcome) return message.arrives_ns;
    return outcome.state === 'delayed' ? (outcome.arrives_ns ?? Infinity) : outcome.t_ns;
  }

  /** Where and when it was lost; null: it was not. */
  lost(message: MessageView): Outcome | null {
    const outcome = this.outcomes.get(message.id);
    return outcome?.state === 'dropped' ? outcome : null;
  }

  /** From when to when it was held back. */
  held(message: MessageView): { fromNs: number; untilNs: number } | null {
    const fromNs = this.waited.get(message.id);
    if (fromNs === undefined) return null;
    const outcome = this.outcomes.get(message.id)!;
    return { fromNs, untilNs: outcome.state === 'delayed' && outcome.arrives_ns === null ? Infinity : outcome.t_ns };
  }

  /** Everything under way at an instant. */
  inFlight(t: number): MessageView[] {
    const found: MessageView[] = [];
    for (const message of this.long) {
      if (message.sent_ns <= t && t < this.end(message)) found.push(message);
    }
    for (let index = this.firstAfter(t) - 1; index >= 0; index -= 1) {
      const message = this.sent[index]!;
      if (message.sent_ns < t - LONG_NS) break;
      if (t < this.end(message) && !this.long.has(message)) found.push(message);
    }
    return found;
  }

  /** Everything sent after `from` and not after `to`. */
  sentBetween(from: number, to: number): MessageView[] {
    return this.sent.slice(this.firstAfter(from), this.firstAfter(to));
  }

  /** Everything that left the stage after `from` and not after `to`. */
  endedBetween(from: number, to: number): MessageView[] {
    const found: MessageView[] = [];
    const ended = (message: MessageView) => {
      const end = this.end(message);
      return message.sent_ns <= to && end > from && end <= to;
    };
    for (const message of this.long) if (ended(message)) found.push(message);
    for (const message of this.sentBetween(from - LONG_NS, to)) {
      if (!this.long.has(message) && ended(message)) found.push(message);
    }
    return found;
  }

  clear(): void {
    this.horizonNs = 0;
    this.sent = [];
    this.long.clear();
    this.outcomes.clear();
    this.waited.clear();
    this.known.clear();
  }

  private firstAfter(t: number): number {
    let low = 0;
    let high = this.sent.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sent[middle]!.sent_ns <= t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private forget(count: number): void {
    this.horizonNs = this.sent[count]!.sent_ns;
    for (const message of this.sent.splice(0, count)) {
      this.known.delete(message.id);
      this.long.delete(message);
      this.outcomes.delete(message.id);
      this.waited.delete(message.id);
    }
  }
}
