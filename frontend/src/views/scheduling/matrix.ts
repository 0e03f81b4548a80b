/** A decision as a table: one row a node, one column a plugin, in the order of the cycle. */
import type { DecisionRecord, FilterVerdict, PluginScore } from '../../wire';

export interface Row {
  node: string;
  filters: Map<string, FilterVerdict>;
  scores: Map<string, PluginScore>;
  total: number | null;
  /** The verdict that refused the node; null: it fits. */
  refusal: FilterVerdict | null;
}

export interface Matrix {
  filterPlugins: string[];
  scorePlugins: string[];
  rows: Row[];
  feasible: number;
}

export function rowsOf(decision: DecisionRecord): Row[] {
  const rows = decision.nodes.map((verdict) => ({
    node: verdict.node,
    filters: new Map(verdict.filters.map((filter) => [filter.plugin, filter])),
    scores: new Map(verdict.scores.map((score) => [score.plugin, score])),
    total: verdict.total,
    refusal: verdict.filters.find((filter) => filter.code !== 'Success' && filter.code !== 'Skip') ?? null,
  }));
  return rows.sort((a, b) => (a.node < b.node ? -1 : 1));
}

export function matrixOf(decision: DecisionRecord): Matrix {
  const rows = rowsOf(decision);
  return {
    rows,
    filterPlugins: inOrder(decision.nodes.map((node) => node.filters.map((filter) => filter.plugin))),
    scorePlugins: inOrder(decision.nodes.map((node) => node.scores.map((score) => score.plugin))),
    feasible: rows.filter((row) => row.refusal === null).length,
  };
}

/** Plugins in the order in which they ran; the longest row knows most. */
function inOrder(lists: string[][]): string[] {
  const names: string[] = [];
  for (const list of [...lists].sort((a, b) => b.length - a.length)) {
    for (const name of list) if (!names.includes(name)) names.push(name);
  }
  return names;
}

/** "NodeResourcesFit" with room to break: "Node Resources Fit". */
export function wordsOf(plugin: string): string {
  return plugin.replace(/([a-z])([A-Z])/g, '$1 $2');
}
