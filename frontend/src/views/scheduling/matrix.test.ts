import { describe, expect, it } from 'vitest';
import { aDecision } from './decision.fixture';
import { grouped, ordered, rawScales, rowsOf } from './matrix';

describe('a decision as a table', () => {
  const decision = aDecision();
  const rows = rowsOf(decision);

  it('has a row for each node, with what it passed before its turn ended', () => {
    expect(rows.map((row) => [row.nodes[0], row.passed, row.refusal?.plugin ?? null])).toEqual([
      ['worker-1', 3, null],
      ['worker-2', 1, 'TaintToleration'],
      ['worker-3', 3, null],
      ['worker-10', 1, 'TaintToleration'],
    ]);
    expect(rows[1]!.remedies.map((remedy) => remedy.kind)).toEqual(['tolerate']);
  });

  it('leaves the column of a plugin that skipped empty and fills the others in order', () => {
    expect(rows[0]!.scores).toEqual([{ raw: 0, normalized: 100, weighted: 300 }, null, { raw: 70, normalized: 70, weighted: 70 }]);
    expect(rows[1]!.scores).toEqual([null, null, null]);
  });

  it('puts the chosen node first, then by sum, those refused last', () => {
    expect(ordered(rows, 'sum', 'worker-3').map((row) => row.nodes[0])).toEqual(['worker-3', 'worker-1', 'worker-2', 'worker-10']);
    expect(ordered(rows, 'name', 'worker-3').map((row) => row.nodes[0])).toEqual(['worker-1', 'worker-2', 'worker-3', 'worker-10']);
    expect(ordered(rows, 'refused', 'worker-3')[0]!.refusal).not.toBeNull();
  });

  it('takes rows that say the same together, but never the chosen one', () => {
    expect(grouped(rows, 'worker-3').map((row) => row.nodes)).toEqual([['worker-1'], ['worker-2', 'worker-10'], ['worker-3']]);
  });

  it('scales raw scores that go beyond a hundred by the largest', () => {
    expect(rawScales(rows, 3)).toEqual([100, 100, 100]);
    expect(rawScales([{ ...rows[0]!, scores: [{ raw: 400, normalized: 100, weighted: 100 }] }], 1)).toEqual([400]);
  });
});
