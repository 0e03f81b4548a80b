/** The cards on the stage as elements: what moves tells them of an arrival, and they pulse. */

const elements = new Map<string, HTMLElement>();
const lastPulse = new Map<string, number>();

/** A Svelte attachment: this element is the card of `id`. */
export function card(id: string): (element: HTMLElement) => () => void {
  return (element) => {
    elements.set(id, element);
    return () => {
      if (elements.get(id) === element) elements.delete(id);
    };
  };
}

/** One short glow of the card's border; faint for heartbeats. */
export function pulseCard(id: string, colour: string, faint: boolean, nowMs: number): void {
  const element = elements.get(id);
  const last = lastPulse.get(id) ?? -1e9;
  if (!element || nowMs - last < (faint ? 450 : 120)) return;
  lastPulse.set(id, nowMs);
  const strength = faint ? 38 : 90;
  const edge = `color-mix(in srgb, ${colour} ${strength}%, transparent)`;
  element.animate(
    [
      { boxShadow: `0 0 0 0.1rem ${edge}, 0 0 ${faint ? 0.3 : 0.9}rem ${edge}` },
      { boxShadow: '0 0 0 0.1rem transparent, 0 0 0.9rem transparent' },
    ],
    { duration: faint ? 500 : 700, easing: 'ease-out' },
  );
}
