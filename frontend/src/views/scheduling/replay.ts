/**
 * A decision played again, point by point in the order of the cycle. Pure: how far the play has come in, what is to be
 * seen of each part out. Everything in it was recorded; only the pace is the page's.
 */
import type { DecisionRecord } from '../../wire';

export type StepName = 'PreFilter' | 'Filter' | 'PreScore' | 'Score' | 'Normalize' | 'Sum' | 'Select' | 'Refused' | 'Failed' | 'Reserve' | 'Permit' | 'PreBind' | 'Bind';

export interface Step {
  name: StepName;
  ms: number;
}

const AFTER: Step[] = [
  { name: 'Reserve', ms: 700 },
  { name: 'Permit', ms: 350 },
  { name: 'PreBind', ms: 350 },
  { name: 'Bind', ms: 1000 },
];

export function stepsOf(decision: DecisionRecord): Step[] {
  const steps: Step[] = [{ name: 'PreFilter', ms: 700 }];
  if (decision.nodes.length > 0) {
    const cells = decision.nodes.length * decision.filters.length;
    steps.push({ name: 'Filter', ms: Math.min(2600, Math.max(1100, cells * 90)) });
  }
  if (decision.failed) return [...steps, { name: 'Failed', ms: 800 }];
  if (decision.selected === null) return [...steps, { name: 'Refused', ms: 800 }];
  if (decision.scorers.length > 0) {
    steps.push(
      { name: 'PreScore', ms: 600 },
      { name: 'Score', ms: 400 + 320 * decision.scorers.length },
      { name: 'Normalize', ms: 1100 },
      { name: 'Sum', ms: 1100 },
    );
  }
  return [...steps, { name: 'Select', ms: decision.tied.length > 1 ? 1900 : 1300 }, ...AFTER];
}

export const lengthOf = (steps: readonly Step[]) => steps.reduce((sum, step) => sum + step.ms, 0);

export interface Place {
  index: number;
  /** How much of the step is done, 0 to 1. */
  part: number;
}

export function placeAt(steps: readonly Step[], ms: number): Place {
  let left = ms;
  for (let index = 0; index < steps.length; index += 1) {
    const step = steps[index]!;
    if (left < step.ms) return { index, part: left / step.ms };
    left -= step.ms;
  }
  return { index: steps.length - 1, part: 1 };
}

/** Where a step begins (`end`: where it ends), in ms. */
export function startOf(steps: readonly Step[], index: number): number {
  return lengthOf(steps.slice(0, Math.max(0, index)));
}

export interface Seen {
  step: StepName;
  /** Cells of the filters that are filled in, counted node by node in the order of the cycle. */
  filterCells: number;
  /** Columns of raw scores that are filled in. */
  scoreColumns: number;
  normalized: boolean;
  weighted: boolean;
  chosen: boolean;
  over: boolean;
}

export function seenAt(decision: DecisionRecord, steps: readonly Step[], place: Place): Seen {
  const step = steps[place.index]!;
  const at = (name: StepName) => steps.findIndex((each) => each.name === name);
  const done = (name: StepName) => at(name) >= 0 && place.index > at(name);
  const now = (name: StepName) => step.name === name;
  const part = (name: StepName, whole: number, share = 1) => (done(name) ? whole : now(name) ? Math.ceil(whole * Math.min(1, place.part / share)) : 0);
  return {
    step: step.name,
    filterCells: part('Filter', decision.nodes.length * decision.filters.length, 0.9),
    scoreColumns: part('Score', decision.scorers.length, 0.85),
    normalized: done('Normalize') || now('Normalize'),
    weighted: done('Sum') || now('Sum'),
    chosen: done('Select') || now('Select'),
    over: place.index === steps.length - 1 && place.part >= 1,
  };
}
