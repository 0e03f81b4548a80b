/** A finger that rests opens the menu, also where the browser itself does not say so. */

const RESTS_MS = 550;
const SLIPS_PX = 12;

/** Gives what ends it. */
export function watchLongPresses(): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let start = { x: 0, y: 0 };
  let told = false;

  const forget = () => {
    if (timer) clearTimeout(timer);
    timer = null;
  };
  const down = (event: PointerEvent) => {
    forget();
    if (event.pointerType === 'mouse' || !event.isPrimary) return;
    told = false;
    start = { x: event.clientX, y: event.clientY };
    const { target } = event;
    timer = setTimeout(() => {
      if (!told) target?.dispatchEvent(new MouseEvent('contextmenu', { clientX: start.x, clientY: start.y, bubbles: true, cancelable: true }));
    }, RESTS_MS);
  };
  const move = (event: PointerEvent) => {
    if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > SLIPS_PX) forget();
  };
  const menu = () => {
    told = true;
    forget();
  };
  const listeners = [['pointerdown', down], ['pointermove', move], ['pointerup', forget], ['pointercancel', forget], ['contextmenu', menu]] as const;
  for (const [name, listener] of listeners) addEventListener(name, listener as EventListener, true);
  return () => {
    forget();
    for (const [name, listener] of listeners) removeEventListener(name, listener as EventListener, true);
  };
}
