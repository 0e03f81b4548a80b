/** The time line's geometry: pure, so that it can be tested. */
import type { Mark } from '../wire';

export interface Window {
  fromNs: number;
  toNs: number;
}

const LEAST_NS = 20e9;

/** What the bar shows: the whole run or its last minutes, with some room at the right for what is to come. */
export function windowOf(horizonNs: number, endNs: number, spanNs: number | null): Window {
  const fromNs = spanNs === null ? horizonNs : Math.max(horizonNs, endNs - spanNs);
  const length = Math.max(LEAST_NS, endNs - fromNs);
  return { fromNs, toNs: fromNs + length * 1.06 };
}

export function shareOf(window: Window, t: number): number {
  return (t - window.fromNs) / (window.toNs - window.fromNs);
}

export function instantAt(window: Window, share: number): number {
  return window.fromNs + share * (window.toNs - window.fromNs);
}

export interface PlacedMark {
  mark: Mark;
  share: number;
  /** Whether there is room for its word. */
  worded: boolean;
  /** So far at the right that its word has to end with it. */
  late: boolean;
}

/** Prominent marks get a word where none stands too near; the newest word wins. */
export function placeMarks(marks: readonly Mark[], window: Window, wordShare: number): PlacedMark[] {
  const placed: PlacedMark[] = [];
  let free = Infinity;
  let last = Infinity;
  for (let i = marks.length - 1; i >= 0; i -= 1) {
    const mark = marks[i]!;
    const share = shareOf(window, mark.t_ns);
    if (share < 0) break;
    if (share > 1 || mark.kind === 'request') continue;
    const late = share > 1 - wordShare / 2;
    const worded = mark.prominent && (late ? share : share + wordShare / 2) < free && share > wordShare / 3;
    if (!worded && last - share < 0.004) continue;
    if (worded) free = share - (late ? wordShare : wordShare / 2);
    last = share;
    placed.push({ mark, share, worded, late });
  }
  return placed.reverse();
}
