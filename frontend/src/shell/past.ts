/** Stepping through the recording: to the instant before or after the one on the screen at which something happened. */
import { theatre } from '../state/theatre.svelte';
import type { Segment } from '../model/recording';

export type Step = 'event' | 'message' | 'milestone';

const CHAPTERS_MOST = 40;

/** Goes back to what happened last; at the beginning of the recording it stays there. */
export async function stepBack(step: Step): Promise<void> {
  theatre.standStill();
  if (step === 'milestone') return toMark(-1);
  let ns = theatre.ns;
  for (let i = 0; i < CHAPTERS_MOST && ns > theatre.horizonNs; i += 1) {
    const segment = await segmentOf(ns, true);
    if (!segment) return;
    const before = instantsOf(segment, step).filter((t) => t < ns - 1);
    if (before.length > 0) return theatre.scrubTo(before.reduce((a, b) => Math.max(a, b)));
    ns = segment.fromNs;
  }
  theatre.scrubTo(theatre.horizonNs);
}

/** Goes on to what happened next, in the recording; at its end the present begins. */
export async function stepForward(step: Step): Promise<void> {
  theatre.standStill();
  if (step === 'milestone') return toMark(1);
  const { endNs } = theatre.recording.live;
  let ns = theatre.ns;
  for (let i = 0; i < CHAPTERS_MOST && ns < endNs; i += 1) {
    const segment = await segmentOf(ns, false);
    if (!segment) return;
    const after = instantsOf(segment, step).filter((t) => t > ns + 1 && t <= endNs);
    if (after.length > 0) return theatre.scrubTo(after.reduce((a, b) => Math.min(a, b)));
    ns = segment.toNs;
  }
  theatre.backToLive();
}

async function segmentOf(ns: number, backward: boolean): Promise<Segment | null> {
  if (!(await theatre.recording.fetch(ns, backward))) return null;
  return theatre.recording.find(ns, backward);
}

/** Arrivals of the flow in focus; where it has none here, and for events, whatever happened. */
function instantsOf({ timeline, fromNs, toNs }: Segment, step: Step): number[] {
  const within = (t: number) => t >= fromNs && t <= toNs;
  if (step === 'message') {
    const focus = timeline.focusAt(theatre.ns) ?? theatre.pace.focus;
    const loud = timeline.messages.sentBetween(-1, Infinity).filter((message) => !message.quiet && message.flow > 0);
    const own = loud.filter((message) => message.flow === focus);
    return (own.length > 0 ? own : loud).map((message) => timeline.messages.end(message)).filter(within);
  }
  return timeline.instants().filter(within);
}

function toMark(direction: -1 | 1): void {
  const marks = theatre.recording.live.marks.filter((mark) => mark.prominent);
  const found =
    direction < 0
      ? [...marks].reverse().find((mark) => mark.t_ns < theatre.ns - 1)
      : marks.find((mark) => mark.t_ns > theatre.ns + 1);
  if (found) theatre.scrubTo(found.t_ns);
  else if (direction < 0) theatre.scrubTo(theatre.horizonNs);
  else theatre.backToLive();
}
