/** Where Pods stand: on their node, or in the band while they have none. Pure: the same Pods always stand the same way. */
import type { PodRecord } from '../wire';
import type { Box, StageLayout } from './layout';

export type PodSize = 'huge' | 'large' | 'medium' | 'small' | 'tiny';

export interface PodPlace extends Box {
  pod: PodRecord;
  size: PodSize;
}

const SIZES: { size: PodSize; minW: number; maxW: number; h: number; gap: number }[] = [
  { size: 'huge', minW: 126, maxW: 158, h: 72, gap: 10 },
  { size: 'large', minW: 98, maxW: 132, h: 56, gap: 8 },
  { size: 'medium', minW: 60, maxW: 72, h: 52, gap: 6 },
  { size: 'small', minW: 34, maxW: 34, h: 34, gap: 6 },
  { size: 'tiny', minW: 22, maxW: 22, h: 22, gap: 4 },
];

export function placePods(layout: StageLayout, pods: readonly PodRecord[]): { places: PodPlace[]; hidden: Map<string, number> } {
  const byNode = new Map<string, PodRecord[]>();
  for (const pod of [...pods].sort(inOrder)) {
    const node = pod.node !== null && layout.podAreas.has(pod.node) ? pod.node : '';
    byNode.set(node, [...(byNode.get(node) ?? []), pod]);
  }
  const places: PodPlace[] = [];
  const hidden = new Map<string, number>();
  for (const [node, area] of layout.podAreas) {
    const own = byNode.get(node) ?? [];
    const shown = pack(own, area, places);
    if (shown < own.length) hidden.set(node, own.length - shown);
  }
  let waiting = byNode.get('') ?? [];
  for (const tray of layout.trays) waiting = waiting.slice(pack(waiting, tray, places, 'large'));
  if (waiting.length > 0) hidden.set('', waiting.length);
  return { places, hidden };
}

function inOrder(a: PodRecord, b: PodRecord): number {
  return a.created_ns - b.created_ns || (a.uid < b.uid ? -1 : 1);
}

/** Fills the area with the largest chips of which all fit, and returns how many stand in it. */
function pack(pods: readonly PodRecord[], area: Box, places: PodPlace[], only?: PodSize): number {
  for (const form of SIZES) {
    const last = form.size === (only ?? 'tiny');
    if (only && form.size === 'huge') continue;
    const columns = Math.max(1, Math.floor((area.w + form.gap) / (form.minW + form.gap)));
    const rows = Math.max(only ? 1 : 0, Math.floor((area.h + form.gap) / (form.h + form.gap)));
    const capacity = columns * rows;
    if (pods.length > capacity && !last) continue;
    const w = Math.min(form.maxW, (area.w - (columns - 1) * form.gap) / columns);
    const shown = Math.min(pods.length, capacity);
    for (let i = 0; i < shown; i += 1) {
      places.push({
        pod: pods[i]!,
        size: form.size,
        x: area.x + (i % columns) * (w + form.gap),
        y: area.y + Math.floor(i / columns) * (form.h + form.gap),
        w,
        h: form.h,
      });
    }
    return shown;
  }
  return 0;
}

/** How a Pod's name is said on its chip: without the hash of its ReplicaSet. */
export function shortPodName(pod: Pick<PodRecord, 'name' | 'owner'>): { app: string; suffix: string } {
  const owner = pod.owner?.split('/')[1] ?? '';
  if (owner && pod.name.startsWith(`${owner}-`)) {
    const app = pod.owner!.startsWith('ReplicaSet/') ? owner.replace(/-[a-z0-9]{6,10}$/, '') : owner;
    return { app, suffix: pod.name.slice(owner.length + 1) };
  }
  return { app: pod.name, suffix: '' };
}

export type PodLook = 'running' | 'starting' | 'pending' | 'lost' | 'terminating' | 'failed' | 'done' | 'unready';

const FAILING = /BackOff|Err|Error|Failed|OOM|Invalid|Evicted/;

/** What the chip shows, from what the record says. */
export function podLook(pod: PodRecord): PodLook {
  if (pod.lost) return 'lost';
  if (pod.terminating) return 'terminating';
  if (pod.phase === 'Failed' || FAILING.test(pod.status)) return 'failed';
  if (pod.phase === 'Succeeded') return 'done';
  if (pod.phase === 'Running') return pod.ready ? 'running' : 'unready';
  return pod.node === null ? 'pending' : 'starting';
}
