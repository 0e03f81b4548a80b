/** The diagram as Mermaid text, which slides, wikis and repositories draw. */
import { isAnswer } from './draw';
import type { Bar, Diagram, StepRow } from './layout';
import type { Sequence } from './model';

export interface MermaidWords {
  title: string;
  /** What a lifeline is called. */
  name: (id: string) => string;
  gap: (ns: number) => string;
  fold: (protocol: string, count: number, ns: number) => string;
}

export function mermaidOf(sequence: Sequence, diagram: Diagram, count: number, words: MermaidWords): string {
  const lines = ['sequenceDiagram', `    title ${words.title.replace(/[#;\s]+/g, ' ').trim() || '-'}`];
  const alias = new Map(diagram.lifelines.map((line, index) => [line.id, `p${index + 1}`]));
  const ids = diagram.lifelines.map((line) => line.id);
  for (const id of ids) lines.push(`    participant ${alias.get(id)} as ${escaped(words.name(id))}`);
  const whole = diagram.bars.filter((bar) => bar.to !== null && bar.to < count && isAnswer((diagram.rows[bar.to] as StepRow).step));
  const begins = new Set(whole.map((bar: Bar) => bar.from));
  const ends = new Set(whole.map((bar: Bar) => bar.to));
  const over = (from: string, to: string, text: string) => lines.push(`    Note over ${from === to ? from : `${from},${to}`}: ${escaped(text)}`);
  for (const [index, row] of diagram.rows.slice(0, count).entries()) {
    if (row.kind === 'gap') over(alias.get(ids[0]!)!, alias.get(ids.at(-1)!)!, words.gap(row.ns));
    else if (row.kind === 'fold') {
      if (row.open) continue;
      const inside = diagram.lifelines.filter((line) => line.x >= row.x1 && line.x <= row.x2);
      const last = row.members.at(-1)!;
      over(alias.get(inside[0]!.id)!, alias.get(inside.at(-1)!.id)!, words.fold(row.members[0]!.protocol!, row.members.length, last.arrives_ns - row.tNs));
    } else {
      const { step, label } = row;
      const dropped = sequence.outcomes.get(step.message)?.at(-1)?.state === 'dropped';
      const arrow = dropped ? (isAnswer(step) ? '--x' : '-x') : isAnswer(step) ? '-->>' : step.part === 'item' || step.part === 'datagram' ? '-)' : '->>';
      const bar = begins.has(index) ? '+' : ends.has(index) ? '-' : '';
      lines.push(`    ${alias.get(step.source)}${arrow}${bar}${alias.get(step.target)}: ${escaped((label.number ? `${label.number}. ` : '') + label.text)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** What Mermaid would take for grammar: line ends, its comments, its word for the end of a block. */
function escaped(text: string): string {
  const plain = text.replace(/[\r\n]+/g, ' ').replace(/[#;]/g, (sign) => (sign === '#' ? '#35;' : '#59;'));
  return plain.replaceAll('%%', '#37;#37;').replace(/\bend\b/gi, (word) => `#${word.charCodeAt(0)};${word.slice(1)}`).trim() || '-';
}
