/**
 * What the canvas shows, as elements that are not drawn: for what reads the page (tests, measurements). An element a
 * message, with its ends, protocol and flow; its `spot` is where it is on the stage, in pixels.
 */
import type { MessageView } from '../../wire';

export interface Spot {
  x: number;
  y: number;
  /** The share of its way. */
  u: number;
  /** The way's ends. */
  from: { x: number; y: number };
  to: { x: number; y: number };
  /** Whether its link is lit up to where it is. */
  lit: boolean;
}

export type Shadow = HTMLElement & { spot: Spot };

export class Mirror {
  private readonly pool: Shadow[] = [];

  constructor(private readonly place: HTMLElement) {}

  show(message: MessageView, focused: boolean, spot: Spot): Shadow {
    const shadow = this.pool.pop() ?? (document.createElement('i') as unknown as Shadow);
    const { dataset } = shadow;
    dataset['message'] = String(message.id);
    dataset['protocol'] = message.protocol;
    dataset['flow'] = String(message.flow);
    dataset['source'] = message.source;
    dataset['target'] = message.target;
    dataset['focused'] = String(focused);
    dataset['being'] = 'moving';
    shadow.spot = spot;
    this.place.append(shadow);
    return shadow;
  }

  hide(shadow: Shadow): void {
    shadow.remove();
    if (this.pool.length < 400) this.pool.push(shadow);
  }
}
