/** The strokes of one arrow: the same on the screen and in what is exported. */
import { PROTOCOLS, SHAPES } from '../../stage/protocols';
import type { SequenceStep } from '../../wire';
import { ARROW, type StepRow } from './layout';

export interface Arrow {
  line: string;
  dashed: boolean;
  /** null: it has not arrived. */
  head: string | null;
  glyph: { x: number; y: number; shape: string; turn: number };
  /** Where it was lost or is held. */
  stop: { x: number; y: number } | null;
}

export const GLYPH_SCALE = 0.5;
const OFF = 7;
const HEAD = 9;

export function isAnswer(step: SequenceStep): boolean {
  return step.part === 'response' || step.part === 'error' || step.part === 'end';
}

/** `share`: how far it has come; `stopped`: it goes no further. */
export function arrowOf(row: StepRow, share = 1, stopped = false): Arrow {
  const y = row.y + ARROW;
  const { step, x1, x2 } = row;
  const shape = SHAPES[step.protocol ? PROTOCOLS[step.protocol].shape : 'ring'];
  if (step.source === step.target) {
    const line = `M${x1 + OFF} ${y - 11}h14a4 4 0 0 1 4 4v8a4 4 0 0 1 -4 4h-7`;
    return { line, dashed: false, head: headAt(x1 + OFF, y + 5, -1), glyph: { x: x1, y: y - 3, shape, turn: 0 }, stop: null };
  }
  const way = Math.sign(x2 - x1);
  const from = x1 + way * OFF;
  const to = x2 - way * OFF;
  const at = from + (to - from) * Math.min(1, Math.max(0, share));
  const arrived = share >= 1 && !stopped;
  const glyphX = arrived ? to - way * (HEAD + 9) : at;
  const turn = way < 0 && step.protocol === 'raft' ? 180 : 0;
  return {
    line: `M${n(from)} ${y}H${n(arrived ? to - way * HEAD * 0.6 : at)}`,
    dashed: isAnswer(step),
    head: arrived ? headAt(to, y, way) : null,
    glyph: { x: n(glyphX), y, shape, turn },
    stop: stopped ? { x: n(at), y } : null,
  };
}

function headAt(x: number, y: number, way: number): string {
  return `M${n(x)} ${y}l${-way * HEAD} -5.500v11Z`;
}

function n(value: number): number {
  return Math.round(value * 10) / 10;
}
