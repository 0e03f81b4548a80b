/** A decision as a table: one row a node (or several that are alike), one column a plugin, in the order of the cycle. */
import type { DecisionRecord, NodeVerdict, Refusal, Remedy } from '../../wire';

export interface Score {
  raw: number;
  normalized: number;
  weighted: number;
}

export interface Row {
  /** The nodes that this row stands for, in the order in which they were looked at. */
  nodes: string[];
  /** When the first of them was looked at: 0 for the first node of the cycle. */
  place: number;
  /** By column of filters: how many it passed before its turn ended. */
  passed: number;
  refusal: Refusal | null;
  remedies: Remedy[];
  /** By column of scores; null where the plugin had nothing to score, or the node was refused. */
  scores: (Score | null)[];
  total: number | null;
}

export type Order = 'sum' | 'name' | 'refused';

/** One row a node, in the order in which the nodes were looked at. */
export function rowsOf(decision: DecisionRecord): Row[] {
  return decision.nodes.map((verdict, place) => {
    const refusal = verdict.refusal === null ? null : (decision.refusals[verdict.refusal] ?? null);
    const column = refusal ? decision.filters.findIndex((filter) => filter.plugin === refusal.plugin) : -1;
    return {
      nodes: [verdict.node],
      place,
      passed: refusal ? Math.max(0, column) : decision.filters.length,
      refusal,
      remedies: verdict.remedies.map((index) => decision.remedies[index]!),
      scores: scoresOf(decision, verdict),
      total: verdict.total,
    };
  });
}

function scoresOf(decision: DecisionRecord, verdict: NodeVerdict): (Score | null)[] {
  let at = 0;
  return decision.scorers.map((scorer) => {
    if (scorer.skipped || verdict.raw.length === 0) return null;
    const index = at++;
    return { raw: verdict.raw[index]!, normalized: verdict.normalized[index]!, weighted: verdict.weighted[index]! };
  });
}

/** Rows that say the same become one; the chosen node keeps its own. */
export function grouped(rows: readonly Row[], selected: string | null): Row[] {
  const groups = new Map<string, Row>();
  for (const row of rows) {
    const chosen = selected !== null && row.nodes.includes(selected);
    const key = chosen ? 'chosen' : JSON.stringify([row.refusal, row.remedies, row.scores]);
    const group = groups.get(key);
    if (group) group.nodes.push(...row.nodes);
    else groups.set(key, { ...row, nodes: [...row.nodes] });
  }
  return [...groups.values()];
}

const byName = (a: Row, b: Row) => a.nodes[0]!.localeCompare(b.nodes[0]!, 'en', { numeric: true });

/** `selected` stands before those that share its sum. */
export function ordered(rows: readonly Row[], order: Order, selected: string | null): Row[] {
  const chosen = (row: Row) => (selected !== null && row.nodes.includes(selected) ? 1 : 0);
  const compare: Record<Order, (a: Row, b: Row) => number> = {
    name: byName,
    sum: (a, b) => chosen(b) - chosen(a) || (b.total ?? -1) - (a.total ?? -1) || Number(a.refusal !== null) - Number(b.refusal !== null) || byName(a, b),
    refused: (a, b) => Number(b.refusal !== null) - Number(a.refusal !== null) || (b.total ?? -1) - (a.total ?? -1) || byName(a, b),
  };
  return [...rows].sort(compare[order]);
}

/** How long the bar of a raw score is, in hundredths, before it is normalized: as it is where it fits, else of the largest. */
export function rawScales(rows: readonly Row[], columns: number): number[] {
  return Array.from({ length: columns }, (_, column) => Math.max(100, ...rows.map((row) => row.scores[column]?.raw ?? 0)));
}

/** "NodeResourcesFit" with room to break: "Node Resources Fit". */
export function wordsOf(plugin: string): string {
  return plugin.replace(/([a-z])([A-Z])/g, '$1 $2');
}
