/** The line that is being typed: its text, the cursor, the history, and the search through it. No terminal here. */
import type { Deed } from './keys';

export const HISTORY_MOST = 500;

export interface Search {
  query: string;
  /** Where in the history the match stands; -1: none. */
  at: number;
}

export class Editor {
  /** Characters, not code units: a Hangul syllable or an emoji is one. */
  private characters: string[] = [];
  cursor = 0;
  search: Search | null = null;
  private killed = '';
  private at: number;
  private draft = '';

  constructor(readonly history: string[] = []) {
    this.at = history.length;
  }

  get text(): string {
    return this.characters.join('');
  }

  get beforeCursor(): string {
    return this.characters.slice(0, this.cursor).join('');
  }

  set(text: string): void {
    this.characters = [...text];
    this.cursor = this.characters.length;
  }

  insert(text: string): void {
    if (this.search) return this.find(this.search.query + text, this.history.length - 1);
    const added = [...text];
    this.characters.splice(this.cursor, 0, ...added);
    this.cursor += added.length;
  }

  /** Puts a text in place of what stands between a position (in code units of `beforeCursor`) and the cursor. */
  replaceFrom(begin: number, text: string): void {
    const kept = [...this.beforeCursor.slice(0, begin)];
    this.characters = [...kept, ...text, ...this.characters.slice(this.cursor)];
    this.cursor = kept.length + [...text].length;
  }

  /** Takes the line: it is empty then, and stands in the history. */
  take(): string {
    const { text } = this;
    if (text.trim() !== '' && this.history.at(-1) !== text) this.history.push(text);
    if (this.history.length > HISTORY_MOST) this.history.splice(0, this.history.length - HISTORY_MOST);
    this.reset();
    return text;
  }

  reset(): void {
    this.set('');
    this.search = null;
    this.draft = '';
    this.at = this.history.length;
  }

  /** Obeys a key that edits. What it does not know it leaves alone. */
  obey(what: Deed): void {
    if (this.search && this.searching(what)) return;
    switch (what) {
      case 'left':
        this.cursor = Math.max(0, this.cursor - 1);
        break;
      case 'right':
        this.cursor = Math.min(this.characters.length, this.cursor + 1);
        break;
      case 'home':
        this.cursor = 0;
        break;
      case 'end':
        this.cursor = this.characters.length;
        break;
      case 'word-left':
        this.cursor = this.wordBefore();
        break;
      case 'word-right':
        this.cursor = this.wordAfter();
        break;
      case 'backspace':
        if (this.cursor > 0) this.characters.splice(--this.cursor, 1);
        break;
      case 'delete':
        this.characters.splice(this.cursor, 1);
        break;
      case 'kill-end':
        this.kill(this.cursor, this.characters.length);
        break;
      case 'kill-start':
        this.kill(0, this.cursor);
        break;
      case 'kill-word':
        this.kill(this.blankBefore(), this.cursor);
        break;
      case 'kill-word-after':
        this.kill(this.cursor, this.wordAfter());
        break;
      case 'yank':
        this.insert(this.killed);
        break;
      case 'up':
        this.recall(this.at - 1);
        break;
      case 'down':
        this.recall(this.at + 1);
        break;
      case 'search':
        this.search = { query: '', at: this.history.length };
        break;
    }
  }

  private searching(what: Deed): boolean {
    const search = this.search!;
    if (what === 'search') this.find(search.query, search.at - 1);
    else if (what === 'backspace') this.find([...search.query].slice(0, -1).join(''), this.history.length - 1);
    else if (what === 'cancel') {
      this.search = null;
      this.set(this.draft);
    } else {
      this.search = null;
      return false;
    }
    return true;
  }

  private find(query: string, from: number): void {
    let at = from;
    while (at >= 0 && !this.history[at]!.includes(query)) at -= 1;
    if (at >= 0) this.set(this.history[at]!);
    this.search = { query, at: at >= 0 ? at : this.search!.at };
  }

  private recall(at: number): void {
    if (at < 0 || at > this.history.length) return;
    if (this.at === this.history.length) this.draft = this.text;
    this.at = at;
    this.set(at === this.history.length ? this.draft : this.history[at]!);
  }

  private kill(from: number, to: number): void {
    if (from === to) return;
    this.killed = this.characters.splice(from, to - from).join('');
    this.cursor = from;
  }

  private blankBefore(): number {
    let at = this.cursor;
    while (at > 0 && this.characters[at - 1] === ' ') at -= 1;
    while (at > 0 && this.characters[at - 1] !== ' ') at -= 1;
    return at;
  }

  private wordBefore(): number {
    let at = this.cursor;
    while (at > 0 && !isLetter(this.characters[at - 1]!)) at -= 1;
    while (at > 0 && isLetter(this.characters[at - 1]!)) at -= 1;
    return at;
  }

  private wordAfter(): number {
    let at = this.cursor;
    while (at < this.characters.length && !isLetter(this.characters[at]!)) at += 1;
    while (at < this.characters.length && isLetter(this.characters[at]!)) at += 1;
    return at;
  }
}

function isLetter(character: string): boolean {
  return /[\p{L}\p{N}_]/u.test(character);
}

/** What Tab makes of the offers: a text to put in place, and whether the offers should be shown. */
export function completionOf(typed: string, items: readonly string[]): { text: string; show: boolean } {
  if (items.length === 0) return { text: typed, show: false };
  if (items.length === 1) {
    const only = items[0]!;
    return { text: /[/=]$/.test(only) ? only : `${only} `, show: false };
  }
  let common = items[0]!;
  for (const item of items) while (!item.startsWith(common)) common = common.slice(0, -1);
  return common.length > typed.length ? { text: common, show: false } : { text: typed, show: true };
}
