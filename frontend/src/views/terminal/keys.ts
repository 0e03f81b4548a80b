/** What a terminal sends when keys are pressed, taken apart: one key after the other. */

export type Key =
  | { kind: 'text'; text: string }
  | { kind: 'do'; what: Deed };

export type Deed =
  | 'enter' | 'tab' | 'left' | 'right' | 'word-left' | 'word-right' | 'home' | 'end' | 'up' | 'down' | 'backspace' | 'delete'
  | 'kill-end' | 'kill-start' | 'kill-word' | 'kill-word-after' | 'yank' | 'interrupt' | 'end-of-input' | 'clear' | 'search'
  | 'cancel';

const SEQUENCES: Record<string, Deed> = {
  '\x1b[A': 'up', '\x1bOA': 'up', '\x1b[B': 'down', '\x1bOB': 'down', '\x1b[C': 'right', '\x1bOC': 'right', '\x1b[D': 'left',
  '\x1bOD': 'left', '\x1b[H': 'home', '\x1bOH': 'home', '\x1b[1~': 'home', '\x1b[F': 'end', '\x1bOF': 'end', '\x1b[4~': 'end',
  '\x1b[3~': 'delete', '\x1b[1;5D': 'word-left', '\x1b[1;3D': 'word-left', '\x1bb': 'word-left', '\x1b[1;5C': 'word-right',
  '\x1b[1;3C': 'word-right', '\x1bf': 'word-right', '\x1b\x7f': 'kill-word', '\x1bd': 'kill-word-after', '\x1b': 'cancel',
};

const CONTROLS: Record<string, Deed> = {
  '\r': 'enter', '\n': 'enter', '\t': 'tab', '\x01': 'home', '\x02': 'left', '\x03': 'interrupt', '\x04': 'end-of-input',
  '\x05': 'end', '\x06': 'right', '\x07': 'cancel', '\x08': 'backspace', '\x7f': 'backspace', '\x0b': 'kill-end', '\x0c': 'clear',
  '\x0e': 'down', '\x10': 'up', '\x12': 'search', '\x15': 'kill-start', '\x17': 'kill-word', '\x19': 'yank',
};

const TOKEN = /\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Za-z]|\x1b[bdf\x7f]|\r\n|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]+/gu; // eslint-disable-line no-control-regex

export function keysOf(data: string): Key[] {
  const keys: Key[] = [];
  for (const [token] of data.matchAll(TOKEN)) {
    const what = token === '\r\n' ? 'enter' : (SEQUENCES[token] ?? CONTROLS[token]);
    if (what) keys.push({ kind: 'do', what });
    else if (token.charCodeAt(0) >= 0x20 && token !== '\x7f') keys.push({ kind: 'text', text: token });
  }
  return keys;
}
