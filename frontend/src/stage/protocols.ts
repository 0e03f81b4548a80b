/** Shape and colour of each protocol, always both. */
import type { Protocol } from '../wire';

export type Shape = 'circle' | 'diamond' | 'square' | 'triangle' | 'hexagon' | 'bar' | 'ring';

interface Look {
  shape: Shape;
  /** A custom property. */
  colour: string;
}

export const PROTOCOLS: Record<Protocol, Look> = {
  api: { shape: 'circle', colour: '--blue' },
  watch: { shape: 'diamond', colour: '--teal' },
  etcd: { shape: 'square', colour: '--green' },
  raft: { shape: 'triangle', colour: '--violet' },
  cri: { shape: 'hexagon', colour: '--orange' },
  cni: { shape: 'hexagon', colour: '--orange' },
  image: { shape: 'hexagon', colour: '--orange' },
  traffic: { shape: 'bar', colour: '--pink' },
  probe: { shape: 'ring', colour: '--grey' },
  tcp: { shape: 'ring', colour: '--grey' },
};

/** Outlines around the origin, about eleven units in radius. */
export const SHAPES: Record<Shape, string> = {
  circle: 'M-10 0A10 10 0 1 1 10 0A10 10 0 1 1 -10 0Z',
  diamond: 'M0 -13L13 0L0 13L-13 0Z',
  square: 'M-9 -7Q-9 -9 -7 -9H7Q9 -9 9 -7V7Q9 9 7 9H-7Q-9 9 -9 7Z',
  triangle: 'M-8 -11L13 0L-8 11Z',
  hexagon: 'M-12 0L-6 -10.4H6L12 0L6 10.4H-6Z',
  bar: 'M-13 -4.5H13V4.5H-13Z',
  ring: 'M-7 0A7 7 0 1 1 7 0A7 7 0 1 1 -7 0Z',
};

export function colourOf(protocol: Protocol | null | undefined): string {
  return `var(${protocol ? PROTOCOLS[protocol].colour : '--muted'})`;
}
