/** What is opened fills the stage but for its rim, in which the neighbours stay in sight. */
import type { Box } from './layout';

const SIDE = 5;
const TOP = 3.25;
const BOTTOM = 2.5;

/** In pixels of the stage. */
export function rimmed(stage: { w: number; h: number }, rem: number): Box {
  const side = Math.min(SIDE * rem, stage.w * 0.08);
  return { x: side, y: TOP * rem, w: stage.w - 2 * side, h: stage.h - (TOP + BOTTOM) * rem };
}
