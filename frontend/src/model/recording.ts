/**
 * The whole recording of a run: what this browser was told since it came, and, chapter by chapter from the server, what was
 * told before.
 *
 * At any instant one timeline is shown: the live one, or a chapter's. A chapter is fetched when somebody looks at it; the
 * few that were looked at last are kept, so that memory stays flat however long the run.
 */
import type { Batch, ChapterView, MessageView, Outcome, Snapshot } from '../wire';
import type { MessageLog, MessageSource } from './messages';
import { Timeline } from './timeline';

export interface ChapterText {
  snapshot: Snapshot;
  batches: Batch[];
}

export interface Archive {
  index(): Promise<ChapterView[]>;
  chapter(number: number): Promise<ChapterText>;
}

const CHAPTERS_KEPT = 6;

/** A piece of the recording. */
export interface Segment {
  timeline: Timeline;
  fromNs: number;
  toNs: number;
}

interface Opened {
  chapter: ChapterView;
  timeline: Timeline;
}

export class Recording {
  readonly live = new Timeline();
  /** The timeline of the instant on the screen. */
  shown: Timeline = this.live;
  /** From this instant on anything can be shown. */
  horizonNs = 0;
  private chapters: ChapterView[] = [];
  private opened: Opened[] = [];
  private fetching: Promise<boolean> | null = null;
  private generation = 0;

  constructor(private readonly archive: Archive) {}

  /** Another run: nothing of the old one is kept. */
  begin(horizonNs: number): void {
    this.generation += 1;
    this.fetching = null;
    this.chapters = [];
    this.opened = [];
    this.shown = this.live;
    this.horizonNs = horizonNs;
  }

  /** What holds an instant, if it is here; looking `backward`, what leads up to it. */
  find(ns: number, backward = false): Segment | null {
    const { live } = this;
    if (ns > live.horizonNs || (ns === live.horizonNs && !backward) || live.horizonNs <= this.horizonNs) {
      return { timeline: live, fromNs: live.horizonNs, toNs: live.endNs };
    }
    const found = this.opened.findIndex(({ chapter }) => holds(chapter, ns, backward));
    if (found < 0) return null;
    const [entry] = this.opened.splice(found, 1);
    this.opened.push(entry!);
    return { timeline: entry!.timeline, fromNs: entry!.chapter.from_ns, toNs: entry!.chapter.to_ns };
  }

  /** Sees to it that an instant can be shown; false: it cannot. */
  async fetch(ns: number, backward = false): Promise<boolean> {
    if (this.find(ns, backward)) return true;
    while (this.fetching) await this.fetching;
    if (this.find(ns, backward)) return true;
    const { generation } = this;
    this.fetching = this.open(ns, backward).catch(() => false);
    const well = await this.fetching;
    if (generation === this.generation) this.fetching = null;
    return well && this.find(ns, backward) !== null;
  }

  /** What was opened last. */
  last(): Segment | null {
    const entry = this.opened.at(-1);
    return entry ? { timeline: entry.timeline, fromNs: entry.chapter.from_ns, toNs: entry.chapter.to_ns } : null;
  }

  /** Forgets the chapter that was still being written when it was fetched: it may have grown. */
  refresh(): void {
    const last = this.chapters.at(-1)?.number;
    this.opened = this.opened.filter((item) => item.chapter.number !== last);
  }

  private async open(ns: number, backward: boolean): Promise<boolean> {
    const { generation } = this;
    // The chapter that was still being written when the list was fetched may have grown: look at the list again.
    let chapter = this.chapters.slice(0, -1).find((item) => holds(item, ns, backward));
    if (!chapter) {
      const chapters = await this.archive.index();
      if (generation !== this.generation) return false;
      this.chapters = chapters.map((item, i) => ({ ...item, to_ns: chapters[i + 1]?.from_ns ?? item.to_ns }));
      this.horizonNs = chapters[0]?.from_ns ?? this.horizonNs;
      chapter = this.chapters.find((item) => holds(item, ns, backward)) ?? near(this.chapters, ns);
    }
    if (!chapter) return false;
    const text = await this.archive.chapter(chapter.number);
    if (generation !== this.generation) return false;
    this.keep(chapter, text);
    return true;
  }

  private keep(chapter: ChapterView, text: ChapterText): void {
    const timeline = new Timeline(Infinity);
    timeline.load(text.snapshot, false);
    for (const batch of text.batches) timeline.extend({ ...batch, marks: [] });
    timeline.marks = this.live.marks;
    const whole = { ...chapter, to_ns: Math.max(chapter.to_ns, timeline.endNs) };
    this.opened = this.opened.filter((item) => item.chapter.number !== chapter.number);
    this.opened.push({ chapter: whole, timeline });
    if (this.opened.length > CHAPTERS_KEPT) this.opened.shift();
  }
}

function holds(chapter: ChapterView, ns: number, backward: boolean): boolean {
  return backward ? chapter.from_ns < ns && ns <= chapter.to_ns : chapter.from_ns <= ns && ns < chapter.to_ns;
}

/** Where no chapter holds an instant (it is at a seam), the last one that begins before it. */
function near(chapters: readonly ChapterView[], ns: number): ChapterView | undefined {
  return [...chapters].reverse().find((chapter) => chapter.from_ns <= ns) ?? chapters[0];
}

/** The messages of whichever timeline is shown. */
export class ShownMessages implements MessageSource {
  constructor(private readonly log: () => MessageLog) {}

  get(id: number): MessageView | undefined {
    return this.log().get(id);
  }

  outcome(id: number): Outcome | undefined {
    return this.log().outcome(id);
  }

  end(message: MessageView): number {
    return this.log().end(message);
  }

  inFlight(t: number): MessageView[] {
    return this.log().inFlight(t);
  }

  sentBetween(from: number, to: number): MessageView[] {
    return this.log().sentBetween(from, to);
  }

  endedBetween(from: number, to: number): MessageView[] {
    return this.log().endedBetween(from, to);
  }

  lost(message: MessageView): Outcome | null {
    return this.log().lost(message);
  }

  held(message: MessageView): { fromNs: number; untilNs: number } | null {
    return this.log().held(message);
  }
}
