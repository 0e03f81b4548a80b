/** The presenter's keys: space plays and pauses, arrows step forward and back, digits choose a view, Escape lets go. */
import { stageKey } from '../stage/keys';
import { route, VIEWS } from '../state/route.svelte';
import { settings } from '../state/settings.svelte';
import { theatre } from '../state/theatre.svelte';
import { desk } from '../faults/desk.svelte';
import { undo } from './actions';
import { stepBack } from './past';
import { goOn, playOrPause } from './transport';
import { drawer } from '../views/terminal/drawer.svelte';

export function keyboard(event: KeyboardEvent): void {
  if ((event.ctrlKey || event.metaKey) && event.key === 'z' && !(event.target as Element).closest('input, textarea')) return undo();
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input, textarea, select, dialog, [role=menu], [role=slider]')) return;
  if (document.querySelector('dialog[open]')) return; // it has the keys, wherever the focus fell
  const onButton = target.closest('button, a') !== null;
  if (stageKey(event)) return event.preventDefault();
  if (event.key === ' ' && !onButton) playOrPause();
  else if (event.key === 'ArrowRight' || event.key === 'PageDown') goOn(event.shiftKey ? 'milestone' : 'message');
  else if (event.key === 'ArrowLeft' || event.key === 'PageUp') void stepBack(event.shiftKey ? 'milestone' : 'message');
  else if (event.key === 'r') theatre.playPast(-1);
  else if (event.key === 'x') desk.toggle();
  else if (event.key === 'c' && route.view === 'stage') desk.cut();
  else if (event.key === 'Escape') leave();
  else if (event.key === '`') drawer.open = !drawer.open;
  else if (event.key === 'l') settings.language = settings.language === 'ko' ? 'en' : 'ko';
  else if (event.key === 'p') settings.projector = !settings.projector;
  else if (/^[1-9]$/.test(event.key) && VIEWS[Number(event.key) - 1]) route.go(VIEWS[Number(event.key) - 1]!);
  else return;
  event.preventDefault();
}

function leave(): void {
  if (route.choice) route.choose(null);
  else if (!theatre.live) theatre.backToLive();
  else route.go('stage');
}
