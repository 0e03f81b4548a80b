/** A flow as the server has told it so far. The server says what led to what, and which steps are the lecture's sixteen. */
import type { Outcome, SequenceReply, SequenceStep } from '../../wire';

export interface Call {
  request: SequenceStep;
  answer: SequenceStep | null;
}

/** How a message stands at an instant. */
export interface Standing {
  state: 'sent' | 'arrived' | 'held' | 'dropped';
  /** Of its way, 0 to 1. */
  share: number;
  /** Why it is held, was late, or was dropped. */
  outcome: Outcome | null;
  /** When it arrived, or will as far as is known; null: nobody knows. */
  endNs: number | null;
}

const DROP_SHARE = { source: 0.06, link: 0.5, target: 0.94 };

export class Sequence {
  /** In order of time: the watches that were opened before, then the flow. */
  steps: SequenceStep[] = [];
  upto = 0;
  whole = true;
  pods: SequenceReply['pods'] = [];
  outcomes = new Map<number, Outcome[]>();
  /** How many of the steps are watches from before. */
  openedBefore = 0;
  private own: SequenceStep[] = [];
  private byEvent = new Map<number, SequenceStep>();
  private effects = new Map<number, number[]>();

  constructor(readonly flow: number) {}

  /** Adds an answer; gives a new object, so that whoever looks at it sees that it has grown. */
  with(reply: SequenceReply): Sequence {
    const next = new Sequence(this.flow);
    const last = this.own.at(-1)?.event ?? 0;
    next.own = [...this.own, ...reply.steps.filter((step) => step.event > last)];
    next.steps = [...reply.opened, ...next.own];
    next.openedBefore = reply.opened.length;
    next.upto = reply.upto;
    next.whole = reply.whole;
    next.pods = reply.pods;
    for (const outcome of reply.outcomes) {
      const known = next.outcomes.get(outcome.message);
      if (known) known.push(outcome);
      else next.outcomes.set(outcome.message, [outcome]);
    }
    for (const step of next.steps) {
      next.byEvent.set(step.event, step);
      const siblings = next.effects.get(step.cause);
      if (siblings) siblings.push(step.event);
      else next.effects.set(step.cause, [step.event]);
    }
    return next;
  }

  step(event: number): SequenceStep | undefined {
    return this.byEvent.get(event);
  }

  /** The step of a message. */
  stepOf(message: number): SequenceStep | undefined {
    return this.steps.find((step) => step.message === message);
  }

  /** The lecture's number of each event that has one, for a Pod (by default the first). */
  numbers(pod: string | null): Map<number, number> {
    const found = this.pods.find((item) => item.pod === pod) ?? this.pods[0];
    return new Map(found?.steps.map((step) => [step.event, step.number]));
  }

  /** An event, all that led to it, and what it directly caused. */
  chain(event: number): Set<number> {
    const lit = new Set<number>();
    for (let step = this.step(event); step && !lit.has(step.event); step = this.step(step.cause)) lit.add(step.event);
    for (const effect of this.effects.get(event) ?? []) lit.add(effect);
    return lit;
  }

  /** How a step stands at an instant that is not before its sending. */
  standing(step: SequenceStep, ns: number): Standing {
    const last = this.outcomes.get(step.message)?.findLast((outcome) => outcome.t_ns <= ns) ?? null;
    if (last?.state === 'dropped') return { state: 'dropped', share: DROP_SHARE[last.where], outcome: last, endNs: last.t_ns };
    const endNs = last ? last.arrives_ns : step.arrives_ns;
    if (endNs === null) return { state: 'held', share: DROP_SHARE[last!.where], outcome: last, endNs };
    if (ns >= endNs) return { state: 'arrived', share: 1, outcome: last, endNs };
    const from = last ? last.t_ns : step.t_ns;
    return { state: 'sent', share: endNs > from ? (ns - from) / (endNs - from) : 1, outcome: last, endNs };
  }
}
