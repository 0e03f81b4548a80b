/** The stage's keys: 0 shows all, + and - zoom, arrows with Shift pan, Enter opens the card that has the focus, Backspace
 * and Escape lead out again. */
import { route } from '../state/route.svelte';
import { camera } from './camera.svelte';
import { cardOf, goUp, open } from './opened.svelte';

const STEP_PX = 90;
const PAN: Record<string, [number, number]> = {
  ArrowLeft: [STEP_PX, 0],
  ArrowRight: [-STEP_PX, 0],
  ArrowUp: [0, STEP_PX],
  ArrowDown: [0, -STEP_PX],
};

/** Whether the key was one of them, and has been obeyed. */
export function stageKey(event: KeyboardEvent): boolean {
  if (route.view !== 'stage') return false;
  // Where all is seen there is nothing to pan to: then arrows step through time, as elsewhere.
  const by = event.shiftKey && camera.moved && !route.open ? PAN[event.key] : undefined;
  if (by) camera.pan(...by, 120);
  else if (event.key === '0') showAll();
  else if (event.key === '+' || event.key === '=') camera.nearer(1.5);
  else if (event.key === '-' || event.key === '_') camera.nearer(1 / 1.5);
  else if (event.key === 'Backspace' || event.key === 'Escape') return goUp();
  else if (event.key === 'Enter') return openFocused(event.target);
  else return false;
  return true;
}

export function showAll(): void {
  camera.before = null;
  if (route.open) open(null);
  else camera.home();
}

/** A card is the button itself, or the title of a host's card. */
function openFocused(target: EventTarget | null): boolean {
  const card = cardOf((target as Element).closest('[data-testid="stage"] :is(.pod, .component, .title)'));
  if (card) open(card);
  return card !== null;
}
