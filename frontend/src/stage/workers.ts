/** The workers' part of the layout: a grid of equal places, what stands inside each, and the band above them. */
import type { ComponentRecord, HostRecord } from '../wire';
import { between, type Box, CAPTION, type HostBox, PAD, type StageLayout, TITLE, widest } from './layout';

export type Depth = 'near' | 'far';

/** What a worker's card needs to be drawn near. */
const NEAR = { w: 228, h: 172 };
const TILE = { w: 94, h: 42 };
const ROWS_APART = 28;
const APART = 20;

export interface Grid {
  rows: number;
  columns: number;
  w: number;
  h: number;
  gap: number;
  rowGap: number;
  /** From this scale on each is large enough to be drawn near; 1: it is so as it stands. */
  nearScale: number;
}

/** Cards as long as they all find room; else tiles, as large as they can be. */
export function gridOf(count: number, room: { w: number; h: number }): Grid {
  const rowsOf = (rows: number, gap: number, rowGap: number): Grid => {
    const columns = Math.ceil(count / rows);
    const w = Math.min(widest(columns) + 40, (room.w - (columns - 1) * gap) / columns);
    const h = (room.h - (rows - 1) * rowGap) / rows;
    return { rows, columns, w, h, gap, rowGap, nearScale: 1 };
  };
  if (count === 0) return { ...rowsOf(1, APART, ROWS_APART), columns: 0 };
  for (let rows = 1; rows <= Math.min(3, count); rows += 1) {
    const grid = rowsOf(rows, APART, ROWS_APART);
    if (grid.w >= NEAR.w && grid.h >= NEAR.h) return grid;
  }
  // Few workers in a low room: they stay cards, and the stage becomes larger.
  const row = rowsOf(1, APART, ROWS_APART);
  if (row.w >= NEAR.w) return { ...row, h: NEAR.h };
  let best = rowsOf(1, 10, 12);
  const worth = (grid: Grid) => Math.min(grid.w / TILE.w, grid.h / TILE.h, 1) * 100 + Math.min(grid.w / 150, grid.h / 100);
  for (let rows = 2; rows <= count; rows += 1) {
    const grid = rowsOf(rows, 10, 12);
    if (best.w < TILE.w || (grid.w >= TILE.w && worth(grid) > worth(best))) best = grid;
  }
  const [w, h] = [Math.max(best.w, TILE.w), Math.max(best.h, TILE.h)];
  return { ...best, w: best.w, h, nearScale: Math.max(1.05, NEAR.w / w, NEAR.h / h) };
}

export function placeWorkers(
  result: StageLayout,
  workers: HostRecord[],
  components: readonly ComponentRecord[],
  at: { workersY: number; grid: Grid; depth: Depth },
): void {
  if (workers.length === 0) return;
  const { grid } = at;
  const tiles = grid.nearScale > 1;
  const own = new Map<string, ComponentRecord[]>();
  for (const component of components) {
    const list = own.get(component.host);
    if (list) list.push(component);
    else own.set(component.host, [component]);
  }
  result.captions.push({ key: 'workers', x: PAD, y: at.workersY - CAPTION });
  workers.forEach((host, i) => {
    const column = i % grid.columns;
    const box: HostBox = {
      x: PAD + column * (grid.w + grid.gap),
      y: at.workersY + Math.floor(i / grid.columns) * (grid.h + grid.rowGap),
      w: grid.w,
      h: grid.h,
      name: host.name,
      look: tiles && at.depth === 'far' ? 'tile' : 'worker',
      k: tiles && at.depth === 'near' ? 1 / grid.nearScale : 1,
      slim: false,
    };
    result.hosts.push(box);
    // Between the node's name and its state, where no word stands; of tiles in the gutter beside them.
    const beside = column === 0 || grid.columns === 1 ? box.x + box.w + grid.gap / 2 : box.x - grid.gap / 2;
    result.risers.set(host.name, tiles ? beside : box.x + between(60, 32 + host.name.length * 10.4, box.w * 0.5));
    if (box.look === 'tile') placeTile(result, box, own.get(host.name) ?? []);
    else placeInside(result, box, own.get(host.name) ?? []);
  });
}

/** A tile stands for all that runs on it. */
function placeTile(result: StageLayout, box: HostBox, own: ComponentRecord[]): void {
  const { x, y, w, h, name } = box;
  for (const component of own) {
    result.components.set(component.id, { x, y, w, h, id: component.id, host: name, name: component.name, k: 1, slim: true, inTile: true });
  }
  result.podAreas.set(name, { x: x + 7, y: y + 23, w: w - 14, h: h - 31 });
}

const WORKER_ORDER = ['kubelet', 'kube-proxy', 'containerd'];

function placeInside(result: StageLayout, box: HostBox, own: ComponentRecord[]): void {
  const { k } = box;
  const sorted = [...own].sort((a, b) => rank(a.name) - rank(b.name) || (a.id < b.id ? -1 : 1));
  const y = box.y + (TITLE + 4) * k;
  const h = 34 * k;
  const gap = 5 * k;
  const inner = box.w - 24 * k;
  const weights = sorted.map((component) => component.name.replace('kube-', '').length + 1.4);
  const sum = weights.reduce((a, b) => a + b, 0);
  let x = box.x + 12 * k;
  sorted.forEach((component, i) => {
    const w = ((inner - gap * (sorted.length - 1)) * weights[i]!) / sum;
    result.components.set(component.id, { x, y, w, h, id: component.id, host: box.name, name: component.name, k, slim: false, inTile: false });
    x += w + gap;
  });
  const top = y + h + 48 * k;
  result.podAreas.set(box.name, { x: box.x + 12 * k, y: top, w: inner, h: box.y + box.h - 12 * k - top });
}

function rank(name: string): number {
  const known = WORKER_ORDER.indexOf(name);
  return known < 0 ? WORKER_ORDER.length : known;
}

/** The band between trunk and workers, without the lines that cross it and what stands in it. */
export function placeTrays(result: StageLayout, at: { from: number; trunkY: number; workersY: number }): void {
  const stops = [...new Set(result.risers.values())].sort((a, b) => a - b);
  const outside = result.hosts.filter((host) => host.look === 'outside');
  const end = Math.min(result.width - PAD, ...outside.map((box) => box.x - 12));
  const edges = [at.from, ...stops.filter((x) => x > at.from && x < end), end];
  const margin = result.nearScale > 1 ? 8 : 14;
  for (let i = 0; i < edges.length - 1; i += 1) {
    const x = edges[i]! + (i === 0 ? 0 : margin);
    const w = edges[i + 1]! - margin - x;
    if (w >= 60) result.trays.push({ x, y: at.trunkY + 11, w, h: at.workersY - 18 - at.trunkY - 11 });
  }
}
