/**
 * Where a message is at an instant, as a share of its way. A function of the instant alone, so that time may run backwards
 * or jump: a message that was lost goes as far as the place where it was lost; one that is held waits there until it is
 * let go.
 */
import type { MessageView } from '../../wire';

export interface Course {
  sentNs: number;
  arrivesNs: number;
  /** It got no farther than `at`, at this instant. */
  lostNs: number | null;
  /** It waited at `at` from the one instant to the other; Infinity: it still does. */
  held: { fromNs: number; untilNs: number } | null;
  /** The share of the way at which it was lost or held. */
  at: number;
}

export type Being = 'unsent' | 'moving' | 'waiting' | 'lost' | 'arrived';

export interface Progress {
  u: number;
  being: Being;
}

export function progress(course: Course, ns: number): Progress {
  const { sentNs, arrivesNs, lostNs, held, at } = course;
  if (ns < sentNs) return { u: 0, being: 'unsent' };
  if (lostNs !== null) {
    if (ns >= lostNs) return { u: at, being: 'lost' };
    return { u: at * share(ns, sentNs, Math.min(lostNs, arrivesNs)), being: 'moving' };
  }
  if (held) {
    if (ns >= held.untilNs) {
      return ns >= arrivesNs ? { u: 1, being: 'arrived' } : { u: at + (1 - at) * share(ns, held.untilNs, arrivesNs), being: 'moving' };
    }
    if (ns >= held.fromNs) return { u: at, being: 'waiting' };
    return { u: at * share(ns, sentNs, held.fromNs), being: 'moving' };
  }
  if (ns >= arrivesNs) return { u: 1, being: 'arrived' };
  return { u: share(ns, sentNs, arrivesNs), being: 'moving' };
}

function share(ns: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (ns - from) / Math.max(1, to - from)));
}

/** How far it is shown to be: after what it is, but never faster over the whole way than `hopMs` of the wall's time. */
export function follow(shown: number, goal: number, wallMs: number, hopMs: number): number {
  const step = wallMs / hopMs;
  return goal > shown ? Math.min(goal, shown + step) : Math.max(goal, shown - step);
}

/** What the log knows of a message's end. */
export interface Ends {
  end: (message: MessageView) => number;
  lost: (message: MessageView) => { t_ns: number; where: 'source' | 'link' | 'target' } | null;
  held: (message: MessageView) => { fromNs: number; untilNs: number } | null;
}

const NEAR_END = { source: 0.08, target: 0.92 };

export function courseOf(message: MessageView, ends: Ends, cutAt: () => number): Course {
  const lost = ends.lost(message);
  // Slower than foreseen is not held.
  const waited = ends.held(message);
  const held = waited && waited.untilNs > waited.fromNs ? waited : null;
  const at = lost && lost.where !== 'link' ? NEAR_END[lost.where] : lost || held ? cutAt() : 0.5;
  return { sentNs: message.sent_ns, arrivesNs: lost ? message.arrives_ns : ends.end(message), lostNs: lost?.t_ns ?? null, held, at };
}
