import { describe, expect, it } from 'vitest';
import { aDecision } from './decision.fixture';
import { lengthOf, placeAt, seenAt, startOf, stepsOf } from './replay';

const names = (decision = aDecision()) => stepsOf(decision).map((step) => step.name);

describe('a decision played again', () => {
  it('goes through the points in the order of the cycle', () => {
    expect(names()).toEqual(['PreFilter', 'Filter', 'PreScore', 'Score', 'Normalize', 'Sum', 'Select', 'Reserve', 'Permit', 'PreBind', 'Bind']);
  });

  it('scores nothing where one node alone fits, and ends with the refusal where none does', () => {
    expect(names(aDecision({ scorers: [] }))).toEqual(['PreFilter', 'Filter', 'Select', 'Reserve', 'Permit', 'PreBind', 'Bind']);
    expect(names(aDecision({ selected: null, scorers: [] }))).toEqual(['PreFilter', 'Filter', 'Refused']);
    expect(names(aDecision({ selected: null, scorers: [], nodes: [] }))).toEqual(['PreFilter', 'Refused']);
    expect(names(aDecision({ selected: null, failed: true }))).toEqual(['PreFilter', 'Filter', 'Failed']);
  });

  it('is watchable however many nodes there are', () => {
    const { nodes } = aDecision();
    const many = aDecision({ nodes: Array.from({ length: 50 }, (_, i) => ({ ...nodes[0]!, node: `worker-${i}` })) });
    for (const decision of [aDecision(), many]) {
      expect(lengthOf(stepsOf(decision))).toBeGreaterThan(6000);
      expect(lengthOf(stepsOf(decision))).toBeLessThan(13000);
    }
  });

  it('fills in filters node by node, then scores, then their sum, and the winner last', () => {
    const decision = aDecision();
    const steps = stepsOf(decision);
    const seen = (name: string, part: number) => {
      const index = steps.findIndex((step) => step.name === name);
      return seenAt(decision, steps, placeAt(steps, startOf(steps, index) + part * steps[index]!.ms));
    };
    expect(seen('PreFilter', 0.5)).toMatchObject({ filterCells: 0, scoreColumns: 0, chosen: false });
    expect(seen('Filter', 0.45).filterCells).toBe(6);
    expect(seen('Score', 0)).toMatchObject({ filterCells: 12, normalized: false, weighted: false });
    expect(seen('Normalize', 0.1)).toMatchObject({ scoreColumns: 3, normalized: true, weighted: false });
    expect(seen('Select', 0.5)).toMatchObject({ weighted: true, chosen: true, over: false });
    expect(seenAt(decision, steps, placeAt(steps, lengthOf(steps)))).toMatchObject({ step: 'Bind', over: true });
  });
});
