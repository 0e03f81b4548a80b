/** Pan and zoom of the stage: wheel and pinch towards the pointer, drag on the empty ground, + - 0 and arrows by keyboard. */

const MOST = 4;

export class View {
  zoom = $state(1);
  x = $state(0);
  y = $state(0);
  readonly moved = $derived(this.zoom !== 1 || this.x !== 0 || this.y !== 0);

  reset(): void {
    this.zoom = 1;
    this.x = 0;
    this.y = 0;
  }

  zoomAt(factor: number, px: number, py: number): void {
    const next = Math.min(MOST, Math.max(1, this.zoom * factor));
    const change = next / this.zoom;
    this.x = px - (px - this.x) * change;
    this.y = py - (py - this.y) * change;
    this.zoom = next;
    if (next === 1) this.reset();
  }

  readonly attach = (element: HTMLElement): (() => void) => {
    let drag: { x: number; y: number } | null = null;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      this.zoomAt(Math.exp(-event.deltaY / 500), event.clientX - box.x, event.clientY - box.y);
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 0 || (event.target as Element).closest('button, [data-message]')) return;
      drag = { x: event.clientX - this.x, y: event.clientY - this.y };
    };
    const move = (event: PointerEvent) => {
      if (!drag || this.zoom === 1) return;
      this.x = event.clientX - drag.x;
      this.y = event.clientY - drag.y;
    };
    const up = () => (drag = null);
    element.addEventListener('wheel', wheel, { passive: false });
    element.addEventListener('pointerdown', down);
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    return () => {
      element.removeEventListener('wheel', wheel);
      element.removeEventListener('pointerdown', down);
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
    };
  };
}
