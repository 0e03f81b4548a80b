/** The presenter's keys, as a table: what `?` lists is what they do. Clickers send Page Up, Page Down and B. */
import { desk } from '../faults/desk.svelte';
import { stageKey } from '../stage/keys';
import { route, VIEWS } from '../state/route.svelte';
import { settings } from '../state/settings.svelte';
import { theatre } from '../state/theatre.svelte';
import type { TextKey } from '../text/index.svelte';
import { drawer } from '../views/terminal/drawer.svelte';
import { undo } from './actions';
import { stepBack } from './past';
import { curtain } from './curtain.svelte';
import { goOn, playOrPause, skip } from './transport';

export interface Shortcut {
  keys: readonly string[];
  word: TextKey;
  act: (event: KeyboardEvent) => unknown;
  /** Keys that a focused button needs itself. */
  notOnButton?: boolean;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: [' '], word: 'key.play', act: playOrPause, notOnButton: true },
  { keys: ['ArrowRight', 'PageDown'], word: 'key.next', act: (event) => goOn(event.shiftKey ? 'milestone' : 'message') },
  { keys: ['ArrowLeft', 'PageUp'], word: 'key.previous', act: (event) => stepBack(event.shiftKey ? 'milestone' : 'message') },
  { keys: ['n'], word: 'key.skip', act: skip },
  { keys: ['r'], word: 'key.backward', act: () => theatre.playPast(-1) },
  { keys: ['End'], word: 'key.live', act: () => theatre.backToLive() },
  { keys: ['b', '.'], word: 'key.blank', act: () => (curtain.down = true) },
  { keys: ['f'], word: 'key.full', act: () => curtain.toggleFull() },
  { keys: ['s'], word: 'key.beside', act: () => (settings.beside = !settings.beside) },
  { keys: ['p'], word: 'key.projector', act: () => (settings.projector = !settings.projector) },
  { keys: ['t'], word: 'key.theme', act: () => (settings.theme = settings.theme === 'dark' ? 'light' : 'dark') },
  { keys: ['l'], word: 'key.language', act: () => (settings.language = settings.language === 'ko' ? 'en' : 'ko') },
  { keys: ['x'], word: 'key.faults', act: () => desk.toggle() },
  { keys: ['c'], word: 'key.cut', act: () => route.view === 'stage' && desk.cut() },
  { keys: ['`'], word: 'key.terminal', act: () => (drawer.open = !drawer.open) },
  { keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'], word: 'key.views', act: (event) => chooseView(Number(event.key)) },
  { keys: ['?'], word: 'key.help', act: () => (curtain.help = true) },
  { keys: ['Escape'], word: 'key.leave', act: leave },
];

const OWN_KEYS = 'input, textarea, select, dialog, [role=menu], [role=slider]';

export function keyboard(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (curtain.down) return curtain.lift(event);
  if (target.closest(OWN_KEYS) || document.querySelector('dialog[open]')) return; // they have the keys
  if (event.ctrlKey || event.metaKey || event.altKey) {
    if (event.key === 'z' && !event.altKey) undo();
    return;
  }
  if (stageKey(event)) return event.preventDefault();
  const shortcut = SHORTCUTS.find(({ keys }) => keys.includes(event.key.length === 1 ? event.key.toLowerCase() : event.key));
  if (!shortcut || (shortcut.notOnButton && target.closest('button, a') !== null)) return;
  shortcut.act(event);
  event.preventDefault();
}

function chooseView(number: number): void {
  const view = VIEWS[number - 1];
  if (view) route.go(view);
}

function leave(): void {
  if (curtain.full) curtain.toggleFull();
  else if (route.choice) route.choose(null);
  else if (!theatre.live) theatre.backToLive();
  else route.go('stage');
}
