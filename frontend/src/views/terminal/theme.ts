/** The terminal's colours, from the page's own. */
import type { ITheme } from '@xterm/xterm';

export function terminalTheme(): ITheme {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    background: of('ground'),
    foreground: of('ink'),
    cursor: of('brass'),
    cursorAccent: of('ground'),
    selectionBackground: of('line-strong'),
    selectionForeground: of('ink'),
    black: of('chip'),
    red: of('red-ink'),
    green: of('ok'),
    yellow: of('amber'),
    blue: of('blue'),
    magenta: of('violet'),
    cyan: of('teal'),
    white: of('ink'),
    brightBlack: of('muted'),
    brightRed: of('red-ink'),
    brightGreen: of('green'),
    brightYellow: of('brass'),
    brightBlue: of('blue'),
    brightMagenta: of('pink'),
    brightCyan: of('teal'),
    brightWhite: of('ink'),
  };
}
