/** Every word on the screen comes through here. */
import { settings, type Language } from '../state/settings.svelte';
import { en, type TextKey } from './en';
import { ko } from './ko';
import { withParticle } from './particles';

export type { TextKey } from './en';
export type TextArgs = Record<string, string | number>;

const CATALOGUES: Record<Language, Record<TextKey, string>> = { en, ko };

/** The text in the language that is set; in a component it follows when the language changes. */
export function t(key: TextKey, args: TextArgs = {}): string {
  return fill(CATALOGUES[settings.language][key], args);
}

/** The text of a key that is put together at run time, or `otherwise` where there is none. */
export function tryText(key: string, otherwise: string, args: TextArgs = {}): string {
  return key in en ? t(key as TextKey, args) : otherwise;
}

export function fill(template: string, args: TextArgs): string {
  return template.replace(/\{(\w+)\}(?:\(([^)/]+\/[^)]+)\))?/g, (_, name: string, pair: string | undefined) => {
    const word = String(args[name] ?? '');
    return pair ? withParticle(word, pair) : word;
  });
}
