/** The diagram as a picture of its own: no style sheet, no script, colours as numbers, fonts by name. */
import { PROTOCOLS, SHAPES } from '../../stage/protocols';
import type { Protocol } from '../../wire';
import { type Arrow, arrowOf, GLYPH_SCALE } from './draw';
import { ARROW, BAR, type Diagram, type FoldRow, GAP_HEIGHT, HEAD_HEIGHT, heightOf, STEP_HEIGHT, type StepRow, textWidth } from './layout';
import type { Sequence } from './model';

/** Custom properties of the theme, by name: "--ink" to "#171a28". */
export type Colours = ReadonlyMap<string, string>;

export interface SvgWords {
  title: string;
  subtitle: string;
  /** What a lifeline is called, and on which host it is. */
  head: (id: string) => { name: string; host: string };
  gap: (ns: number) => string;
  fold: (protocol: string, count: number, ns: number) => string;
  took: (ns: number) => string;
  protocol: (protocol: Protocol) => string;
}

const TITLE_HEIGHT = 76;
const LEGEND_HEIGHT = 56;
const FONT = "Inter, 'Noto Sans KR', system-ui, sans-serif";
const MONO = "'JetBrains Mono', ui-monospace, monospace";

export function svgOf(sequence: Sequence, diagram: Diagram, count: number, colours: Colours, words: SvgWords): string {
  const c = (name: string) => colours.get(name) ?? '#888888';
  const body = heightOf(diagram.rows, count);
  const width = Math.max(diagram.width + 40, textWidth(words.title) * 1.5 + 48);
  const top = TITLE_HEIGHT + HEAD_HEIGHT;
  const height = top + body + 24 + LEGEND_HEIGHT;
  const parts: string[] = [];
  const text = (x: number, y: number, content: string, style: string) => parts.push(`<text x="${r(x)}" y="${r(y)}" ${style}>${escaped(content)}</text>`);

  parts.push(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${r(width)} ${r(height)}" width="${r(width)}" height="${r(height)}" font-family="${FONT}" font-size="16">`,
    `<title>${escaped(words.title)}</title>`,
    `<rect width="100%" height="100%" fill="${c('--ground')}"/>`,
  );
  text(24, 36, words.title, `fill="${c('--ink')}" font-size="24" font-weight="700"`);
  text(24, 62, words.subtitle, `fill="${c('--muted')}"`);
  const seen = diagram.rows.slice(0, count);
  const end = seen.at(-1)?.tNs ?? 0;
  parts.push(`<g transform="translate(20 ${top})">`);
  for (const line of diagram.lifelines) {
    if (line.fromNs > end) continue;
    parts.push(`<path d="M${r(line.x)} 0V${r(body + 12)}" stroke="${c('--line-strong')}" stroke-width="1.5" stroke-dasharray="2 5"/>`);
  }
  for (const bar of diagram.bars) {
    if (bar.from >= count) continue;
    const from = diagram.rows[bar.from]!.y + ARROW;
    const to = bar.to !== null && bar.to < count ? diagram.rows[bar.to]!.y + ARROW : body;
    parts.push(`<rect x="${r(bar.x - BAR / 2)}" y="${r(from)}" width="${BAR}" height="${r(to - from)}" rx="2" fill="${c('--chip')}" stroke="${c('--line-strong')}" stroke-width="1.5"/>`);
  }
  for (const row of seen) {
    if (row.kind === 'gap') gap(row.y, row.ns);
    else if (row.kind === 'fold') fold(row);
    else step(row);
  }
  parts.push('</g>', `<g transform="translate(20 ${TITLE_HEIGHT})">`);
  for (const line of diagram.lifelines) {
    if (line.fromNs > end) continue;
    const { name, host } = words.head(line.id);
    const w = Math.max(textWidth(name), textWidth(host)) + 20;
    parts.push(`<rect x="${r(line.x - w / 2)}" y="4" width="${r(w)}" height="${HEAD_HEIGHT - 8}" rx="10" fill="${c('--card')}" stroke="${c('--line')}" stroke-width="1.5"/>`);
    text(line.x, host ? 28 : 38, name, `fill="${c('--ink')}" font-weight="600" text-anchor="middle"`);
    if (host) text(line.x, 48, host, `fill="${c('--muted')}" font-family="${MONO}" text-anchor="middle"`);
  }
  parts.push('</g>');
  legend(top + body + 24 + 30);
  parts.push('</svg>');
  return `${parts.join('\n')}\n`;

  function gap(y: number, ns: number): void {
    const content = words.gap(ns);
    const w = textWidth(content) + 28;
    parts.push(`<path d="M16 ${r(y + GAP_HEIGHT / 2)}H${r(diagram.width - 16)}" stroke="${c('--line')}" stroke-width="1.5" stroke-dasharray="8 6"/>`);
    parts.push(`<rect x="${r(diagram.width / 2 - w / 2)}" y="${r(y + 2)}" width="${r(w)}" height="${GAP_HEIGHT - 4}" rx="13" fill="${c('--ground')}"/>`);
    text(diagram.width / 2, y + GAP_HEIGHT / 2 + 6, content, `fill="${c('--muted')}" text-anchor="middle"`);
  }

  function fold(row: FoldRow): void {
    const colour = c(PROTOCOLS[row.members[0]!.protocol!].colour);
    const last = row.members.at(-1)!;
    const content = words.fold(row.members[0]!.protocol!, row.members.length, last.arrives_ns - row.tNs);
    const w = Math.max(row.x2 - row.x1, textWidth(content)) + 24;
    const x = row.x1 - 12;
    parts.push(`<rect x="${r(x)}" y="${r(row.y + 5)}" width="${r(w)}" height="${STEP_HEIGHT - 10}" rx="10" fill="${c('--card')}" stroke="${colour}" stroke-width="1.5"/>`);
    text(x + w / 2, row.y + STEP_HEIGHT / 2 + 6, content, `fill="${colour}" font-weight="600" text-anchor="middle"`);
  }

  function step(row: StepRow): void {
    const outcome = sequence.outcomes.get(row.step.message)?.at(-1);
    const lost = outcome?.state === 'dropped';
    const held = outcome?.state === 'delayed' && outcome.arrives_ns === null;
    const arrow: Arrow = arrowOf(row, lost || held ? sequence.standing(row.step, Infinity).share : 1, lost || held);
    const colour = row.step.protocol ? c(PROTOCOLS[row.step.protocol].colour) : c('--ink');
    const halo = `stroke="${c('--ground')}" stroke-width="5" stroke-linejoin="round" paint-order="stroke"`;
    parts.push(`<path d="${arrow.line}" fill="none" stroke="${colour}" stroke-width="2"${arrow.dashed ? ' stroke-dasharray="7 5"' : ''}/>`);
    if (arrow.head) parts.push(`<path d="${arrow.head}" fill="${colour}"/>`);
    if (row.step.protocol) parts.push(`<path d="${arrow.glyph.shape}" transform="translate(${r(arrow.glyph.x)} ${r(arrow.glyph.y)}) rotate(${arrow.glyph.turn}) scale(${GLYPH_SCALE})" fill="${colour}"/>`);
    if (arrow.stop) parts.push(`<path d="M-6 -6L6 6M6 -6L-6 6" transform="translate(${r(arrow.stop.x)} ${r(arrow.stop.y)})" stroke="${c('--red')}" stroke-width="3.5"/>`);
    const { label } = row;
    const took = row.tookNs === null ? '' : ` · ${words.took(row.tookNs)}`;
    const w = textWidth(label.text + took) + (label.number ? 30 : 0);
    const x = label.anchor === 'start' ? label.x : label.x - w;
    if (label.number) {
      parts.push(`<circle cx="${r(x + 11)}" cy="${r(row.y + 13)}" r="11.5" fill="${c('--brass')}"/>`);
      text(x + 11, row.y + 18.5, String(label.number), `fill="${c('--on-brass')}" font-weight="700" text-anchor="middle" font-size="15.500"`);
    }
    parts.push(`<text x="${r(x + (label.number ? 30 : 0))}" y="${r(row.y + 19)}" fill="${c('--ink')}" font-weight="${label.number ? 600 : 400}" ${halo}>${escaped(label.text)}${took ? `<tspan fill="${c('--muted')}" font-weight="400">${escaped(took)}</tspan>` : ''}</text>`);
  }

  function legend(y: number): void {
    let x = 24;
    const protocols = new Set(seen.flatMap((row) => (row.kind === 'step' ? [row.step.protocol] : row.kind === 'fold' ? [row.members[0]!.protocol] : [])));
    for (const protocol of Object.keys(PROTOCOLS) as Protocol[]) {
      if (!protocols.has(protocol)) continue;
      const said = words.protocol(protocol);
      parts.push(`<path d="${SHAPES[PROTOCOLS[protocol].shape]}" transform="translate(${r(x + 8)} ${r(y - 6)}) scale(0.7)" fill="${c(PROTOCOLS[protocol].colour)}"/>`);
      text(x + 24, y, said, `fill="${c('--muted')}"`);
      x += textWidth(said) + 52;
    }
  }
}

function r(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
