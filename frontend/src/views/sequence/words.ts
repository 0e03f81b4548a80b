/** What things of the diagram are called, in the language that is set. */
import { componentName, fullName } from '../../parts/names';
import { upperBound } from '../../model/timeline';
import { shortLabel } from '../../stage/words';
import { theatre } from '../../state/theatre.svelte';
import { durationText } from '../../text/format';
import { t, tryText } from '../../text/index.svelte';
import type { SequenceStep } from '../../wire';
import type { FoldRow } from './layout';

/** A lifeline's name, and the host where there are several of it. */
export function headOf(id: string): { name: string; host: string } {
  const [host = '', part = ''] = id.split('/');
  const record = theatre.table('component').get(id);
  const name = tryText(`sequence.head.${part}`, record ? componentName(record) : part || host);
  const alike = [...theatre.table('component').values()].filter((other) => other.name === part).length;
  return { name, host: alike > 1 ? host : '' };
}

export function nameOfEnd(id: string): string {
  return fullName(id);
}

/** What stands at an arrow: the lecture's words, then the message's own. */
export function wordsOf(step: SequenceStep, number: number): string {
  const own = shortLabel(step.label);
  return number ? `${t(`sequence.step.${number}` as 'sequence.step.1')} · ${own}` : own;
}

/** "Raft ×6 · 4.6 ms": those that had been sent at an instant. */
export function foldText(row: FoldRow, ns: number): string {
  const count = upperBound(row.members.map((step) => step.t_ns), ns);
  const last = row.members[Math.max(0, count - 1)]!;
  return foldWords(row.members[0]!.protocol!, Math.max(1, count), last.arrives_ns - row.tNs);
}

export function foldWords(protocol: string, count: number, ns: number): string {
  return t(protocol === 'raft' ? 'sequence.fold.raft' : 'sequence.fold.image', { count, time: durationText(ns) });
}
