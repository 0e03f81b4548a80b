/** Short glows: of a card that a message reached, of a link that a heartbeat crossed. Drawn where messages are drawn. */
import type { Box } from './layout';
import type { Route } from './path';
import { element } from './svg';

const MOST_AT_ONCE = 18;
const LEAST_APART_MS = { faint: 450, strong: 120 };

export class Pulses {
  private running = 0;
  private readonly last = new Map<string, number>();

  constructor(private readonly layer: SVGGElement) {}

  /** The border of a card glows once. */
  card(id: string, box: Box, colour: string, faint: boolean, nowMs: number): void {
    if (!this.due(id, faint, nowMs)) return;
    const rect = element('rect', faint ? 'ring faint' : 'ring');
    for (const [name, value] of Object.entries({ x: box.x, y: box.y, width: box.w, height: box.h, rx: Math.min(10, box.h / 4) })) rect.setAttribute(name, String(value));
    this.run(rect, colour, faint ? [0.5, 0] : [1, 0], faint ? 500 : 700);
  }

  /** The whole link glows faintly, once. */
  link(key: string, route: Route, colour: string, nowMs: number): void {
    if (!this.due(key, true, nowMs)) return;
    const path = element('path', 'pulse');
    path.setAttribute('d', route.d);
    this.run(path, colour, [0, 0.42, 0], 620);
  }

  private due(key: string, faint: boolean, nowMs: number): boolean {
    if (this.running >= MOST_AT_ONCE && faint) return false;
    if (nowMs - (this.last.get(key) ?? -1e9) < (faint ? LEAST_APART_MS.faint : LEAST_APART_MS.strong)) return false;
    this.last.set(key, nowMs);
    return true;
  }

  private run(shape: SVGElement, colour: string, opacity: number[], duration: number): void {
    this.running += 1;
    shape.style.color = colour;
    this.layer.append(shape);
    const done = () => {
      this.running -= 1;
      shape.remove();
    };
    const fading = shape.animate({ opacity }, { duration, easing: 'ease-out' });
    fading.onfinish = done;
    fading.oncancel = done;
  }
}
