/** What on the stage is to be read, in units of the world: labels keep off it. */
import { type Box, type StageLayout, TITLE } from './layout';
import type { PodPlace } from './pods';

export function wordsOn(layout: StageLayout, pods: readonly PodPlace[]): Box[] {
  const boxes: Box[] = [];
  for (const host of layout.hosts) {
    const { x, y, w, h, k, look } = host;
    if (look === 'tile') boxes.push({ x, y, w, h });
    else if (look === 'worker') boxes.push({ x, y, w, h: 112 * k });
    else if (look === 'control-plane' || look === 'etcd') boxes.push({ x, y, w, h: TITLE });
  }
  for (const box of layout.components.values()) if (!box.inTile) boxes.push(box);
  for (const pod of pods) boxes.push(pod);
  for (const { x, y } of layout.captions) boxes.push({ x, y, w: 120, h: 24 });
  if (layout.legend) boxes.push(layout.legend);
  return boxes;
}
