/** The chain of an API server as a row of stages, and where in it a request is. */
import type { PartOf } from './items';

export type RequestPart = PartOf<'request'>;

/** In the order in which they happen. */
export const STAGES = [
  'TLS',
  'authentication',
  'authorization',
  'mutating admission',
  'validation',
  'validating admission',
  'storage',
] as const;
export type StageName = (typeof STAGES)[number];

/** The end of its text's key. */
export type StageKey = 'TLS' | 'authentication' | 'authorization' | 'decoding' | 'mutating-admission' | 'validation' | 'validating-admission' | 'storage';

export function stageKey(stage: string): StageKey {
  return stage.replaceAll(' ', '-') as StageKey;
}

/** What stands at a stage: a verdict, or that the request does not go there, has not come there, or is there now. */
export type Mark = 'allow' | 'deny' | 'changed' | 'pass' | 'skipped' | 'ahead' | 'here';

export interface Cell {
  stage: StageName;
  mark: Mark;
  reason: string;
}

/** Decoding comes between authorization and mutating admission, and has no column: a refusal there is told at the next. */
const COLUMN: Record<string, StageName> = { decoding: 'mutating admission' };

export function columnOf(stage: string): StageName | undefined {
  return STAGES.find((name) => name === (COLUMN[stage] ?? stage));
}

/** The column in which the request is at this instant; STAGES.length: it is answered and on its way back. */
export function placeOf(request: RequestPart): number {
  if (request.code !== null) return STAGES.length;
  if (request.decided_ns === null) return 0;
  const last = request.stages.at(-1);
  return last ? STAGES.indexOf(columnOf(last.stage) ?? 'storage') : 0;
}

export function cellsOf(request: RequestPart): Cell[] {
  const place = placeOf(request);
  const said = new Map(request.stages.map((verdict) => [columnOf(verdict.stage), verdict]));
  return STAGES.map((stage, column) => {
    const verdict = said.get(stage);
    const waits = request.code === null && column === place;
    if (waits) return { stage, mark: 'here', reason: verdict?.reason ?? '' };
    if (verdict) return { stage, mark: verdict.verdict, reason: verdict.reason };
    return { stage, mark: column > place ? 'ahead' : 'skipped', reason: '' };
  });
}

/** Newest first; what is not answered yet stands above what is. */
export function laneOrder(a: RequestPart, b: RequestPart): number {
  return Number(a.code !== null) - Number(b.code !== null) || b.started_ns - a.started_ns;
}

/** Answers by verb and by class of code: rows of the table. */
export interface AnswerRow {
  verb: string;
  counts: { code: number; count: number }[];
  total: number;
}

export function answerRows(part: PartOf<'answers'> | undefined): AnswerRow[] {
  const rows = new Map<string, AnswerRow>();
  for (const { verb, code, count } of part?.counts ?? []) {
    const row = rows.get(verb) ?? { verb, counts: [], total: 0 };
    row.counts.push({ code, count });
    row.total += count;
    rows.set(verb, row);
  }
  return [...rows.values()].sort((a, b) => b.total - a.total);
}
