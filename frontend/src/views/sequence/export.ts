/** Takes the whole diagram out of the page: as a picture, or as text. */
import { settings, type Theme } from '../../state/settings.svelte';
import { theatre } from '../../state/theatre.svelte';
import { clockText, durationText } from '../../text/format';
import { t } from '../../text/index.svelte';
import type { Diagram } from './layout';
import { mermaidOf } from './mermaid';
import type { Sequence } from './model';
import { svgOf } from './svg';
import { foldWords, headOf } from './words';

const gap = (ns: number) => t('sequence.gap', { time: durationText(ns) });

export function mermaidText(sequence: Sequence, diagram: Diagram, title: string): string {
  return mermaidOf(sequence, diagram, diagram.rows.length, {
    title,
    name: (id) => Object.values(headOf(id)).filter(Boolean).join(' '),
    gap,
    fold: foldWords,
  });
}

export function svgText(sequence: Sequence, diagram: Diagram, title: string, theme: Theme): string {
  const { rows } = diagram;
  const [from, to] = [rows[0]?.tNs ?? 0, rows.at(-1)?.tNs ?? 0];
  const subtitle = [theatre.run?.cluster, `${clockText(from)} – ${clockText(to)}`].filter(Boolean).join(' · ');
  return svgOf(sequence, diagram, rows.length, coloursOf(theme), {
    title,
    subtitle,
    head: headOf,
    gap,
    fold: foldWords,
    took: durationText,
    protocol: (protocol) => t(`protocol.${protocol}`),
  });
}

export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The custom properties of a theme, whichever is shown: as the style sheet has them. */
function coloursOf(theme: Theme): Map<string, string> {
  const found = new Map<string, string>();
  const shown = getComputedStyle(document.documentElement);
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (!(rule instanceof CSSStyleRule)) continue;
      const root = rule.selectorText === ':root';
      const themed = rule.selectorText.startsWith(':root[data-theme=') && rule.selectorText.includes(theme);
      if (!root && !themed) continue;
      for (const name of rule.style) {
        const value = rule.style.getPropertyValue(name).trim();
        if (name.startsWith('--') && /^#[0-9a-f]{3,8}$/i.test(value)) found.set(name, value);
      }
    }
  }
  if (theme === settings.theme && !found.size) for (const name of shown) if (name.startsWith('--')) found.set(name, shown.getPropertyValue(name).trim());
  return found;
}
