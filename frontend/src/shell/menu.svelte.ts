/** The menu of what can be done, at the pointer: by right-click, long press, or the menu key. */
import type { Choice } from '../state/route.svelte';

class MenuState {
  open = $state.raw<{ x: number; y: number; choice: Choice } | null>(null);
}

export const menu = new MenuState();

export function openMenu(event: MouseEvent, choice: Choice): void {
  event.preventDefault();
  event.stopPropagation();
  const box = (event.currentTarget as Element).getBoundingClientRect();
  const byKey = event.clientX === 0 && event.clientY === 0;
  menu.open = { x: byKey ? box.x + 12 : event.clientX, y: byKey ? box.bottom : event.clientY, choice };
}
