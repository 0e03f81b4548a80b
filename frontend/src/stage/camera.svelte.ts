/**
 * Where one looks at the stage from: the middle of what is seen in world units, and how many times larger than the whole
 * stage fits. Drag, wheel, pinch, keys and buttons move it; it flies, unless motion is unwanted.
 */
import { reducedMotion, settings } from '../state/settings.svelte';
import type { Box } from './layout';
import { rimmed } from './rim';

const MOST = 10;
/** How near the stage is behind what is opened: its neighbours are to be recognized. */
const NEAREST_OPEN = 3;
/** Units between cards, and a little of the neighbour. */
const NEIGHBOURS = 34;
const FLIGHT_MS = 300;
/** Before a press becomes a drag: so that clicks stay clicks. */
const SLACK_PX = 6;
const NOT_GROUND = '[data-still], input, textarea, select';

export interface Spot {
  cx: number;
  cy: number;
  zoom: number;
}

export class Camera {
  /** The stage's size in pixels. */
  pixels = $state({ w: 1370, h: 900 });
  world = $state({ w: 1420, h: 900 });
  private spot = $state.raw<Spot | null>(null);
  private flight = 0;
  /** While something is opened, wheel and drag are not the camera's. */
  held = false;
  /** Where one was before something was opened. */
  before: Spot | null = null;
  /** Someone moved nearer by wheel, pinch, key or button, about a point of the world. */
  onNearer: (x: number, y: number) => void = () => {};
  /** Someone moved away while something was opened. */
  onAway: () => void = () => {};

  /** How much smaller the whole world is shown, so that it fits. */
  readonly fit = $derived(
    Math.min((this.pixels.w / this.world.w) * (16 / settings.rem), (this.pixels.h / this.world.h) * (16 / settings.rem), 1),
  );
  private readonly now = $derived<Spot>(this.spot ?? { cx: this.world.w / 2, cy: this.world.h / 2, zoom: 1 });
  readonly zoom = $derived(this.now.zoom);
  /** What a length in rem is multiplied with. */
  readonly scale = $derived(this.fit * this.now.zoom);
  /** Pixels of a world unit. */
  readonly unit = $derived((this.scale * settings.rem) / 16);
  readonly x = $derived(this.pixels.w / 2 - this.now.cx * this.unit);
  readonly y = $derived(this.pixels.h / 2 - this.now.cy * this.unit);
  readonly moved = $derived(this.spot !== null);

  /** The whole stage. */
  readonly home = (): void => this.fly(null);

  /** A place to return to. */
  get here(): Spot | null {
    return this.spot;
  }

  fly(to: Spot | null, ms = FLIGHT_MS): void {
    cancelAnimationFrame(this.flight);
    const from = this.now;
    const goal = to ?? { cx: this.world.w / 2, cy: this.world.h / 2, zoom: 1 };
    if (reducedMotion() || ms <= 0 || same(from, goal)) {
      this.spot = to;
      return;
    }
    const begun = performance.now();
    const step = (now: number) => {
      const u = Math.min(1, Math.max(0, (now - begun) / ms));
      this.spot = u < 1 ? between(from, goal, u * u * (3 - 2 * u)) : to;
      if (u < 1) this.flight = requestAnimationFrame(step);
    };
    this.flight = requestAnimationFrame(step);
  }

  /** So near that the box fills what the rim leaves of the stage, and its neighbours begin where the rim does. */
  spotOn(box: Box): Spot {
    const room = rimmed(this.pixels, settings.rem);
    const unit = (this.fit * settings.rem) / 16;
    const zoom = Math.min(NEAREST_OPEN, Math.max(1, room.w / ((box.w + 2 * NEIGHBOURS) * unit)));
    const offY = (room.y + room.h / 2 - this.pixels.h / 2) / (unit * zoom);
    return { cx: box.x + box.w / 2, cy: box.y + box.h / 2 - offY, zoom };
  }

  /** The point of the world under a point of the stage. */
  at(px: number, py: number): { x: number; y: number } {
    return { x: (px - this.x) / this.unit, y: (py - this.y) / this.unit };
  }

  /** Where a box of the world stands on the stage, in pixels. */
  onStage(box: Box): Box {
    return { x: this.x + box.x * this.unit, y: this.y + box.y * this.unit, w: box.w * this.unit, h: box.h * this.unit };
  }

  /** By a button or a key, about the middle; flies. */
  nearer(factor: number): void {
    if (this.held) {
      if (factor < 1) this.onAway();
      return;
    }
    const { cx, cy } = this.now;
    const zoom = limited(this.zoom * factor);
    this.fly(zoom === 1 && factor < 1 ? null : this.bounded({ cx, cy, zoom }), 180);
    if (factor > 1) this.onNearer(cx, cy);
  }

  pan(dxPx: number, dyPx: number, ms = 0): void {
    if (this.held) return;
    const { cx, cy, zoom } = this.now;
    this.fly(this.bounded({ cx: cx - dxPx / this.unit, cy: cy - dyPx / this.unit, zoom }), ms);
  }

  /** By wheel or pinch, about the pointer. */
  private zoomAt(factor: number, px: number, py: number): void {
    const zoom = limited(this.zoom * factor);
    const { x, y } = this.at(px, py);
    const unit = (this.unit * zoom) / this.zoom;
    cancelAnimationFrame(this.flight);
    const goal = { cx: x + (this.pixels.w / 2 - px) / unit, cy: y + (this.pixels.h / 2 - py) / unit, zoom };
    this.spot = zoom === 1 ? null : this.bounded(goal);
    if (factor > 1) this.onNearer(x, y);
  }

  /** Something of the world stays in sight. */
  private bounded({ cx, cy, zoom }: Spot): Spot {
    return { cx: Math.min(this.world.w, Math.max(0, cx)), cy: Math.min(this.world.h, Math.max(0, cy)), zoom };
  }

  readonly attach = (element: HTMLElement): (() => void) => {
    const pointers = new Map<number, { x: number; y: number }>();
    let dragging = false;
    let pressed = { x: 0, y: 0 };
    let away = 0;
    const local = (event: { clientX: number; clientY: number }) => {
      const box = element.getBoundingClientRect();
      return { x: event.clientX - box.x, y: event.clientY - box.y };
    };
    const wheel = (event: WheelEvent) => {
      const target = event.target as Element;
      if (this.held) {
        if (scrolls(target, event.deltaY) || (event.deltaY <= 0 && !event.ctrlKey)) return;
        event.preventDefault();
        away += event.deltaY;
        if (away > 120) {
          away = 0;
          this.onAway();
        }
        return;
      }
      event.preventDefault();
      const { x, y } = local(event);
      const delta = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
      if (event.shiftKey && !event.ctrlKey) this.pan(-delta - event.deltaX, 0);
      else this.zoomAt(Math.exp(-delta / (event.ctrlKey ? 120 : 480)), x, y);
    };
    const down = (event: PointerEvent) => {
      if (event.defaultPrevented || event.button !== 0 || (event.target as Element).closest(NOT_GROUND)) return;
      if (pointers.size === 0) pressed = { x: event.clientX, y: event.clientY };
      pointers.set(event.pointerId, local(event));
      if (pointers.size > 1) dragging = true;
    };
    const move = (event: PointerEvent) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      if (!dragging && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < SLACK_PX) return;
      if (!dragging) {
        dragging = true;
        // What was pressed is dragged with the stage, not clicked.
        element.setPointerCapture(event.pointerId);
      }
      const now = local(event);
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      pointers.set(event.pointerId, now);
      if (!other) {
        this.pan(now.x - before.x, now.y - before.y);
        return;
      }
      const grown = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
      if (this.held) {
        away += grown < 1 ? 400 * (1 - grown) : 0;
        if (away > 120) {
          away = 0;
          this.onAway();
        }
        return;
      }
      this.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
      this.zoomAt(grown, (now.x + other.x) / 2, (now.y + other.y) / 2);
    };
    const up = (event: PointerEvent) => {
      pointers.delete(event.pointerId);
      if (pointers.size === 0) dragging = false;
    };
    element.addEventListener('wheel', wheel, { passive: false });
    element.addEventListener('pointerdown', down);
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    addEventListener('pointercancel', up);
    return () => {
      cancelAnimationFrame(this.flight);
      element.removeEventListener('wheel', wheel);
      element.removeEventListener('pointerdown', down);
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      removeEventListener('pointercancel', up);
    };
  };
}

/** Whether something between the target and the stage still has a way to scroll. */
function scrolls(target: Element, deltaY: number): boolean {
  for (let at: Element | null = target; at && at.getAttribute('data-testid') !== 'stage'; at = at.parentElement) {
    const more = at.scrollHeight - at.clientHeight;
    if (more <= 1 || !/auto|scroll/.test(getComputedStyle(at).overflowY)) continue;
    if (deltaY > 0 ? at.scrollTop < more - 1 : at.scrollTop > 1) return true;
  }
  return false;
}

function limited(zoom: number): number {
  const bounded = Math.min(MOST, Math.max(1, zoom));
  return bounded < 1.02 ? 1 : bounded;
}

function same(a: Spot, b: Spot): boolean {
  return Math.abs(a.cx - b.cx) < 0.5 && Math.abs(a.cy - b.cy) < 0.5 && Math.abs(a.zoom - b.zoom) < 0.001;
}

/** Between two spots so that what is in both moves evenly. */
export function between(a: Spot, b: Spot, u: number): Spot {
  const zoom = a.zoom * (b.zoom / a.zoom) ** u;
  const share = Math.abs(b.zoom - a.zoom) < 1e-6 ? u : (1 / a.zoom - 1 / zoom) / (1 / a.zoom - 1 / b.zoom);
  return { cx: a.cx + (b.cx - a.cx) * share, cy: a.cy + (b.cy - a.cy) * share, zoom };
}

export const camera = new Camera();
