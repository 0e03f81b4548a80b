/** Where Pods stand: on their node, or in the band while they have none. Pure: the same Pods always stand the same way. */
import type { PodRecord } from '../wire';
import type { Box, StageLayout } from './layout';

export type PodSize = 'huge' | 'large' | 'medium' | 'small' | 'tiny';

export interface PodPlace extends Box {
  pod: PodRecord;
  size: PodSize;
  /** It is drawn this many times as large as it is laid out. */
  k: number;
}

/** A Pod on a tile: `x` and `y` are its middle. */
export interface PodDot {
  pod: PodRecord;
  x: number;
  y: number;
}

export interface Tile {
  dots: PodDot[];
  /** From one dot's middle to the next one's. */
  pitch: number;
}

export interface PodPlaces {
  places: PodPlace[];
  tiles: Map<string, Tile>;
  /** How many found no room, by node; of those that wait under ''. */
  hidden: Map<string, number>;
}

interface Form {
  size: PodSize;
  minW: number;
  maxW: number;
  h: number;
  gap: number;
}

const SIZES: Form[] = [
  { size: 'huge', minW: 126, maxW: 158, h: 72, gap: 10 },
  { size: 'large', minW: 98, maxW: 132, h: 52, gap: 8 },
  { size: 'medium', minW: 60, maxW: 72, h: 48, gap: 6 },
  { size: 'small', minW: 34, maxW: 34, h: 34, gap: 6 },
  { size: 'tiny', minW: 22, maxW: 22, h: 22, gap: 4 },
];
const WAITING = SIZES.filter(({ size }) => size !== 'huge' && size !== 'tiny');
const PITCHES = [24, 20, 17, 14, 12, 10, 8.5, 7.2];

export function placePods(layout: StageLayout, pods: readonly PodRecord[]): PodPlaces {
  const byNode = new Map<string, PodRecord[]>();
  // A static Pod of a control plane is drawn as the component that it is.
  const bare = new Set(layout.hosts.filter((host) => !layout.podAreas.has(host.name)).map((host) => host.name));
  for (const pod of [...pods].sort(inOrder)) {
    if (pod.node !== null && bare.has(pod.node)) continue;
    const node = pod.node !== null && layout.podAreas.has(pod.node) ? pod.node : '';
    const list = byNode.get(node);
    if (list) list.push(pod);
    else byNode.set(node, [pod]);
  }
  const found: PodPlaces = { places: [], tiles: new Map(), hidden: new Map() };
  for (const host of layout.hosts) {
    const area = layout.podAreas.get(host.name);
    if (!area) continue;
    const own = byNode.get(host.name) ?? [];
    if (host.look === 'tile') {
      const tile = dotted(own, area);
      found.tiles.set(host.name, tile);
      if (tile.dots.length < own.length) found.hidden.set(host.name, own.length - tile.dots.length);
      continue;
    }
    const form = SIZES.find((item) => holds(item, area, host.k) >= own.length) ?? SIZES.at(-1)!;
    const shown = pack(own, area, form, host.k, found.places);
    if (shown < own.length) found.hidden.set(host.name, own.length - shown);
  }
  let waiting = byNode.get('') ?? [];
  const all = (form: Form) => layout.trays.reduce((sum, tray) => sum + holds(form, tray, 1), 0);
  const form = WAITING.find((item) => all(item) >= waiting.length) ?? WAITING.at(-1)!;
  for (const tray of layout.trays) waiting = waiting.slice(pack(waiting, tray, form, 1, found.places));
  if (waiting.length > 0) found.hidden.set('', waiting.length);
  return found;
}

function inOrder(a: PodRecord, b: PodRecord): number {
  return a.created_ns - b.created_ns || (a.uid < b.uid ? -1 : 1);
}

function columnsOf(form: Form, area: Box, k: number): number {
  return Math.floor((area.w / k + form.gap) / (form.minW + form.gap));
}

function holds(form: Form, area: Box, k: number): number {
  return columnsOf(form, area, k) * Math.max(0, Math.floor((area.h / k + form.gap) / (form.h + form.gap)));
}

/** Fills the area row by row, and returns how many stand in it. */
function pack(pods: readonly PodRecord[], area: Box, form: Form, k: number, places: PodPlace[]): number {
  const columns = columnsOf(form, area, k);
  const shown = Math.min(pods.length, holds(form, area, k));
  const w = Math.min(form.maxW, (area.w / k - (columns - 1) * form.gap) / columns) * k;
  for (let i = 0; i < shown; i += 1) {
    places.push({
      pod: pods[i]!,
      size: form.size,
      k,
      x: area.x + (i % columns) * (w + form.gap * k),
      y: area.y + Math.floor(i / columns) * (form.h + form.gap) * k,
      w,
      h: form.h * k,
    });
  }
  return shown;
}

function dotted(pods: readonly PodRecord[], area: Box): Tile {
  const grid = (pitch: number) => [Math.floor(area.w / pitch), Math.floor(area.h / pitch)] as const;
  const pitch = PITCHES.find((item) => grid(item)[0] * grid(item)[1] >= pods.length) ?? PITCHES.at(-1)!;
  const [columns, rows] = grid(pitch);
  const dots = pods.slice(0, columns * rows).map((pod, i) => ({
    pod,
    x: area.x + ((i % columns) + 0.5) * pitch,
    y: area.y + (Math.floor(i / columns) + 0.5) * pitch,
  }));
  return { dots, pitch };
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
