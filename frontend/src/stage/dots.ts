/** A Pod on a tile: one shape for each way that it can be, within twenty-four units about its middle. */
import type { PodLook } from './pods';

const CIRCLE = 'M-8.5 0A8.5 8.5 0 1 1 8.5 0A8.5 8.5 0 1 1 -8.5 0Z';

export const DOTS: Record<PodLook, string> = {
  running: CIRCLE,
  starting: 'M0 -8A8 8 0 1 1 -8 0',
  unready: 'M-7.500 0A7.500 7.500 0 1 1 7.500 0A7.500 7.500 0 1 1 -7.500 0ZM-2 0H2',
  pending: 'M-6 0H-5M-0.500 0H0.500M5 0H6',
  lost: 'M-7 -7H7V7H-7Z',
  terminating: 'M-7.500 0A7.500 7.500 0 1 1 7.500 0A7.500 7.500 0 1 1 -7.500 0Z',
  failed: 'M-7 -7L7 7M7 -7L-7 7',
  done: 'M-7 -7H7V7H-7Z',
};
