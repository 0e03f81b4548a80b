/** One terminal of the page: xterm, the line that is being typed, and the websocket to its session in the simulation. */
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { here } from '../../state/here.svelte';
import { settings } from '../../state/settings.svelte';
import { t } from '../../text/index.svelte';
import { placeAfter, width } from './cells';
import { completionOf, Editor, HISTORY_MOST } from './editor';
import { type Deed, keysOf } from './keys';
import { terminalTheme } from './theme';

export type Kind = 'connecting' | 'ready' | 'more' | 'reading' | 'busy' | 'lost';

interface Output { type: 'output'; text: string }
interface Prompt { type: 'prompt'; kind: 'ready' | 'more' | 'reading' | 'busy'; text: string }
interface Completions { type: 'completions'; id: number; begin: number; items: string[] }
type Frame = Output | Prompt | Completions | { type: 'moved' };

const KEY = 'orrery-terminal';
const AGAIN_MS = 1500;
const TYPED_MOST = 64 << 10;
const OFFERS_MOST = 80;

export class Shell {
  kind = $state<Kind>('connecting');
  host = $state('');
  /** Stands in the page wherever the terminal is shown. */
  readonly element = document.createElement('div');
  private readonly term: Terminal;
  private readonly fitter = new FitAddon();
  private readonly editor = new Editor(kept());
  private socket: WebSocket | null = null;
  private closed = false;
  private opened = false;
  private prompt = '';
  private drawnRow = 0;
  private typed = '';
  private waiting: string[] = [];
  private completions = 0;
  private atLineStart = true;
  private keySeen = false;
  private branch = '';

  constructor(readonly number: number) {
    this.element.className = 'xterm-host';
    this.term = new Terminal({
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
      fontSize: Math.round(settings.rem),
      lineHeight: 1.2,
      theme: terminalTheme(),
      minimumContrastRatio: 4.5,
      scrollback: 5000,
      convertEol: true,
      screenReaderMode: true,
      cursorBlink: false,
      macOptionIsMeta: true,
    });
    this.term.loadAddon(this.fitter);
    this.term.onData((data) => this.feed(data));
    this.term.attachCustomKeyEventHandler((event) => this.takesKey(event));
  }

  /** Puts the terminal into a place of the page; it keeps what it shows. */
  async show(place: HTMLElement, focus: boolean): Promise<void> {
    await document.fonts.load(`${settings.rem}px "JetBrains Mono Variable"`).catch(() => undefined);
    place.append(this.element);
    if (!this.opened) {
      this.opened = true;
      this.term.open(this.element);
      this.term.textarea?.addEventListener('input', (event) => this.takesInput(event as InputEvent));
      this.fit();
      this.connect();
    }
    this.fit();
    if (focus) this.focus();
  }

  fit(): void {
    if (!this.element.isConnected || this.element.clientWidth === 0) return;
    const drawn = this.kind === 'ready' || this.kind === 'more';
    this.fitter.fit();
    if (drawn && this.opened) this.redraw();
  }

  /** After the theme, the language or the size has changed. */
  restyle(): void {
    this.term.options.theme = terminalTheme();
    this.term.options.fontSize = Math.round(settings.rem);
    if (this.opened) this.fit();
  }

  focus(): void {
    this.term.focus();
  }

  /** Runs lines as if they had been typed; what runs is interrupted first. */
  run(lines: readonly string[]): void {
    if (this.kind === 'busy' || this.kind === 'reading' || this.kind === 'more') this.interrupt();
    this.editor.reset();
    this.waiting = [...lines];
    this.typed = '';
    if (this.kind === 'ready') this.next();
    this.focus();
  }

  /** Another branch is looked at: a session there. */
  follow(): void {
    if (!this.opened || this.branch === here.branch) return;
    this.forget();
    this.write(`\r\n\x1b[2m${t('terminal.moved')}\x1b[0m\r\n`);
    this.socket?.close();
    this.connect();
  }

  dispose(): void {
    this.closed = true;
    this.socket?.close();
    this.term.dispose();
    this.element.remove();
  }

  // -- the websocket

  private connect(): void {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    this.branch = here.branch;
    const query = new URLSearchParams({ lang: settings.language, branch: here.branch });
    const socket = new WebSocket(`${scheme}://${location.host}/ws/terminal?${query.toString()}`);
    this.socket = socket;
    socket.onmessage = (event: MessageEvent<string>) => this.take(JSON.parse(event.data) as Frame);
    socket.onclose = (event) => {
      if (this.closed || this.socket !== socket) return;
      this.kind = 'lost';
      this.write(`\r\n\x1b[2m${event.reason || t('terminal.lost')}\x1b[0m\r\n`);
      setTimeout(() => !this.closed && this.socket === socket && this.connect(), AGAIN_MS);
    };
  }

  private send(frame: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private take(frame: Frame): void {
    if (frame.type === 'output') this.write(frame.text);
    else if (frame.type === 'prompt') this.ask(frame);
    else if (frame.type === 'completions') this.offer(frame);
    else {
      this.forget();
      this.write(`\r\n\x1b[2m${t('terminal.moved')}\x1b[0m\r\n`);
    }
  }

  private forget(): void {
    this.editor.reset();
    this.waiting = [];
    this.typed = '';
  }

  private ask({ kind, text }: Prompt): void {
    this.kind = kind;
    if (kind === 'busy') return;
    const host = /^\w+@([^:]+):/.exec(text)?.[1];
    if (host) this.host = host;
    if (!this.atLineStart && kind !== 'reading') this.write('\r\n');
    this.prompt = text;
    this.drawnRow = 0;
    this.redraw();
    this.next();
  }

  /** What was asked for or typed ahead, once there is a prompt for it. */
  private next(): void {
    const line = this.waiting.shift();
    if (line !== undefined) {
      this.editor.set(line);
      this.redraw();
      this.submit();
      return;
    }
    const { typed } = this;
    this.typed = '';
    if (typed) this.feed(typed);
  }

  // -- the keyboard

  private takesKey(event: KeyboardEvent): boolean {
    // Copying and pasting stay the browser's; Shift+Escape leaves the terminal, so that nobody is caught in it.
    if (event.type !== 'keypress') this.keySeen = event.type === 'keydown';
    if (event.type !== 'keydown') return true;
    if (event.ctrlKey && event.key === 'c' && this.term.hasSelection()) return false;
    if ((event.ctrlKey || event.metaKey) && event.key === 'v') return false;
    if (event.key === 'Escape' && !this.editor.search && event.shiftKey) {
      this.element.closest('.pane')?.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus();
      return false;
    }
    return true;
  }

  /** Text that came without a key (an emoji picker, a tablet's keyboard): xterm leaves it alone while it serves screen
   * readers. */
  private takesInput(event: InputEvent): void {
    if (event.data && event.inputType === 'insertText' && !event.isComposing && !this.keySeen) this.feed(event.data);
  }

  private feed(data: string): void {
    const keys = keysOf(data);
    for (const [i, key] of keys.entries()) {
      if (key.kind === 'do' && key.what === 'interrupt') {
        this.typed = '';
        this.interrupt();
        continue;
      }
      if (this.kind !== 'ready' && this.kind !== 'more' && this.kind !== 'reading') {
        // It runs: what is typed now waits for the next prompt.
        const rest = keys.slice(i).map((one) => (one.kind === 'text' ? one.text : BACK[one.what] ?? '')).join('');
        if (this.typed.length + rest.length <= TYPED_MOST) this.typed += rest;
        return;
      }
      if (key.kind === 'text') {
        this.editor.insert(key.text);
        this.redraw();
      } else this.deed(key.what);
    }
  }

  private deed(what: Deed): void {
    const { editor } = this;
    if (what === 'enter') {
      editor.search = null;
      return this.submit();
    }
    if (what === 'tab') return this.askForCompletions();
    if (what === 'clear') {
      this.term.clear();
      this.term.write('\x1b[H\x1b[2J');
      this.drawnRow = 0;
      return this.redraw();
    }
    if (what === 'end-of-input') {
      if (editor.text !== '') editor.obey('delete');
      else {
        this.write('\r\n');
        this.kind = 'busy';
        return this.send({ type: 'end' });
      }
    } else editor.obey(what);
    this.redraw();
  }

  private submit(): void {
    this.editor.obey('end');
    this.redraw();
    const text = this.editor.take();
    keep(this.editor.history);
    this.write('\r\n');
    this.kind = 'busy';
    this.send({ type: 'line', text, columns: this.term.cols, language: settings.language });
  }

  private interrupt(): void {
    this.waiting = [];
    if (this.kind === 'ready' || this.kind === 'more') {
      this.editor.search = null;
      this.editor.obey('end');
      this.redraw();
    }
    this.write('^C\r\n');
    this.editor.reset();
    this.kind = 'busy';
    this.send({ type: 'interrupt' });
  }

  // -- completion

  private askForCompletions(): void {
    if (this.kind !== 'ready' || this.editor.search) return;
    this.completions += 1;
    this.send({ type: 'complete', id: this.completions, text: this.editor.beforeCursor });
  }

  private offer({ id, begin, items }: Completions): void {
    if (id !== this.completions || this.kind !== 'ready') return;
    const typed = this.editor.beforeCursor.slice(begin);
    const { text, show } = completionOf(typed, items);
    if (show) {
      this.editor.obey('end');
      this.redraw();
      this.write(`\r\n${this.columns(items.slice(0, OFFERS_MOST))}${items.length > OFFERS_MOST ? '…\r\n' : ''}`);
      this.drawnRow = 0;
    } else this.editor.replaceFrom(begin, text);
    this.redraw();
  }

  private columns(items: readonly string[]): string {
    const names = items.map((item) => item.replace(/(.)\/$/, '$1/').split('/').slice(item.endsWith('/') ? -2 : -1).join('/'));
    const wide = Math.max(...names.map(width)) + 2;
    const each = Math.max(1, Math.floor(this.term.cols / wide));
    let text = '';
    names.forEach((name, i) => {
      const last = i % each === each - 1 || i === names.length - 1;
      text += last ? `${name}\r\n` : name + ' '.repeat(wide - width(name));
    });
    return text;
  }

  // -- drawing

  private write(text: string): void {
    this.term.write(text);
    const visible = text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, ''); // eslint-disable-line no-control-regex
    if (visible !== '') this.atLineStart = /[\r\n]$/.test(visible);
  }

  /** Draws prompt and line anew, from the row where the prompt begins. */
  private redraw(): void {
    const { editor, term } = this;
    const found = editor.search;
    const prompt = found ? `(reverse-i-search)\`${found.query}': ` : this.prompt;
    const up = this.drawnRow > 0 ? `\x1b[${this.drawnRow}A` : '';
    const text = editor.text;
    const end = placeAfter(prompt + text, term.cols);
    const cursor = placeAfter(prompt + editor.beforeCursor, term.cols);
    const edge = end.column === 0 && end.row > 0 ? '\r\n' : '';
    const back = end.row > cursor.row ? `\x1b[${end.row - cursor.row}A` : '';
    const across = cursor.column > 0 ? `\x1b[${cursor.column}C` : '';
    term.write(`${up}\r\x1b[J${found ? prompt : coloured(prompt)}${text}${edge}${back}\r${across}`);
    this.drawnRow = cursor.row;
    this.atLineStart = true;
  }
}

/** How a key is said again when it was pressed too early. */
const BACK: Partial<Record<Deed, string>> = { enter: '\r', tab: '', backspace: '\x7f', 'end-of-input': '\x04' };

function coloured(prompt: string): string {
  const match = /^(\w+@[^:]+):(.*)(# )$/.exec(prompt);
  return match ? `\x1b[1;32m${match[1]}\x1b[0m:\x1b[1;34m${match[2]}\x1b[0m${match[3]}` : prompt;
}

function kept(): string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(found) ? found.filter((line) => typeof line === 'string').slice(-HISTORY_MOST) : [];
  } catch {
    return [];
  }
}

function keep(history: readonly string[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(history.slice(-HISTORY_MOST)));
  } catch {
    // A browser that keeps nothing still has the history of this page.
  }
}
