/**
 * Where everything stands, computed from the topology and the room there is.
 *
 * Units: sixteen make the smallest type that may be shown. Cards become narrower and workers become tiles before
 * anything is shown smaller than that; only a cluster for which even this is too much is larger than the window.
 *
 * The rules: clients and the load balancer stand at the left; control-plane hosts in a row on top (etcd hosts of their
 * own in a row above them); workers below; between them the trunk, which is the API. Links run in the gutters between
 * cards, so no line crosses a word.
 *
 * A worker is drawn at one of two depths, by its size on the screen: near, with its parts and Pods as cards; far, as a
 * tile. Its place is the same at both.
 */
import type { ComponentRecord, HostRecord } from '../wire';
import { type Depth, gridOf, placeTrays, placeWorkers } from './workers';

export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

export type HostLook = 'client' | 'load-balancer' | 'control-plane' | 'etcd' | 'worker' | 'tile' | 'outside';

export interface HostBox extends Box {
  name: string;
  look: HostLook;
  /** What is in it is drawn this many times as large as it is laid out. */
  k: number;
  /** So narrow that only the most important is said. */
  slim: boolean;
}

export interface ComponentBox extends Box {
  id: string;
  host: string;
  name: string;
  k: number;
  slim: boolean;
  /** Its host is a tile, which stands for it. */
  inTile: boolean;
}

export interface StageLayout {
  width: number;
  height: number;
  hosts: HostBox[];
  components: Map<string, ComponentBox>;
  /** Inside each worker, where its Pods stand. */
  podAreas: Map<string, Box>;
  /** Where Pods wait that have no node yet: pieces of the band that no line crosses. */
  trays: Box[];
  trunk: { x1: number; x2: number; y: number } | null;
  /** Where each worker's line to the trunk stands. */
  risers: Map<string, number>;
  /** Where the legend of protocols fits, if it does. */
  legend: Box | null;
  captions: { key: 'clients' | 'controlPlane' | 'etcd' | 'workers'; x: number; y: number }[];
  gutters: Gutters;
  /** From this scale on, workers are large enough to be drawn near. */
  nearScale: number;
}

export interface Gutters {
  /** Between etcd and what stands below it. */
  etcdY: number;
  /** Above the hosts with etcd, where Raft passes over those in between. */
  overEtcdY: number;
  /** Between scheduler and API server. */
  controlY: number;
  /** Right of the clients. */
  clientX: number;
  /** Above the workers, where images come in. */
  imageY: number;
  /** Between workers, and between their rows. */
  gap: number;
  rowGap: number;
  firstRowY: number;
}

export const PAD = 16;
export const TITLE = 40;
/** From the top of the workers' caption to the workers. */
export const CAPTION = 26;
const TOP = 46;
/** Below this a card of the control plane has its managers one above the other. */
const WIDE = 232;
const NARROWEST = 150;
const NARROWEST_ETCD = 106;

/** A few cards may be wide; not so wide that the eye gets lost in them. */
export const widest = (n: number) => (n <= 1 ? 640 : n === 2 ? 540 : 420);
export const between = (low: number, value: number, high: number) => Math.min(high, Math.max(low, value));

/** The layout for a room; where even the smallest is too large, for a larger room of the same shape. */
export function fitStage(hosts: readonly HostRecord[], components: readonly ComponentRecord[], room: { w: number; h: number }, depth: Depth): StageLayout {
  let layout = layoutStage(hosts, components, room, depth);
  for (let turn = 0, more = 1; turn < 3; turn += 1) {
    const over = Math.max(layout.width / (room.w * more), layout.height / (room.h * more));
    if (over <= 1.001) break;
    more *= over;
    layout = layoutStage(hosts, components, { w: room.w * more, h: room.h * more }, depth);
  }
  return layout;
}

export function layoutStage(
  hosts: readonly HostRecord[],
  components: readonly ComponentRecord[],
  room: { w: number; h: number },
  depth: Depth = 'near',
): StageLayout {
  const byRole = (role: HostRecord['role']) => hosts.filter((host) => host.role === role).sort((a, b) => a.order - b.order);
  const control = byRole('control-plane');
  const etcdHosts = byRole('etcd');
  const workers = byRole('worker');
  const left = byRole('client').length + byRole('load-balancer').length > 0;
  const has = (host: string, name: string) => components.some((c) => c.host === host && c.name === name);
  const stacked = control.some((host) => has(host.name, 'etcd'));

  const leftW = left ? between(156, room.w * 0.15, 232) : 0;
  const cpX = PAD + (left ? leftW + 40 : 0);
  const gapOf = (n: number) => (n > 5 ? 12 : n > 4 ? 16 : 28);
  const least = (n: number, w: number) => cpX + n * w + (n - 1) * gapOf(n) + PAD;
  const width = Math.max(room.w, least(control.length, NARROWEST), least(etcdHosts.length, NARROWEST_ETCD));
  const rowW = (n: number) => Math.min(widest(n), (width - PAD - cpX - (n - 1) * gapOf(n)) / Math.max(1, n));
  const slim = control.length > 0 && rowW(control.length) < WIDE;
  const slimEtcd = rowW(etcdHosts.length) < WIDE;

  const base = TOP + (etcdHosts.length > 0 ? 168 : 0) + (stacked ? 112 : 0) + (slim ? 222 : 196) + 102 + 200;
  const roomy = between(0, (room.h - base) / 240, 1.4);
  const size = {
    etcd: (slim || slimEtcd ? 80 : 92) + 20 * roomy,
    manager: slim ? 34 + 6 * roomy : 50 + 14 * roomy,
    api: 42 + 14 * roomy,
    gutter: 16 + 6 * roomy,
  };
  const managers = slim ? 2 * size.manager + 6 : size.manager;
  const etcdRow = etcdHosts.length > 0 ? TITLE + size.etcd + 12 : 0;
  const controlY = TOP + (etcdRow > 0 ? etcdRow + 24 : 0);
  const controlH = TITLE + (stacked ? size.etcd + size.gutter : 0) + managers + size.gutter + 4 + size.api + 12;
  const trunkY = controlY + (control.length > 0 ? controlH : 0) + 26 + 6 * roomy;
  const gridBelow = (band: number) => gridOf(workers.length, { w: width - 2 * PAD, h: room.h - PAD - trunkY - band });
  const cards = gridBelow(76 + 32 * roomy);
  // Of many workers few Pods wait at a time for each.
  const band = cards.nearScale > 1 ? 62 + 32 * roomy : 76 + 32 * roomy;
  const grid = cards.nearScale > 1 ? gridBelow(band) : cards;
  const workersY = trunkY + band;

  const result: StageLayout = {
    width,
    height: Math.max(room.h, workersY + (workers.length > 0 ? grid.rows * (grid.h + grid.rowGap) - grid.rowGap : 0) + PAD),
    hosts: [],
    components: new Map(),
    podAreas: new Map(),
    trays: [],
    trunk: control.length > 0 ? { x1: PAD + leftW, x2: width - PAD, y: trunkY } : null,
    risers: new Map(),
    legend: null,
    captions: [],
    gutters: {
      etcdY: (etcdRow > 0 ? TOP + etcdRow : TOP + TITLE + size.etcd) + (etcdRow > 0 ? 12 : size.gutter / 2),
      overEtcdY: TOP - 10,
      controlY: controlY + controlH - 12 - size.api - size.gutter / 2 - 2,
      clientX: PAD + leftW + 18,
      imageY: workersY - 12,
      gap: grid.gap,
      rowGap: grid.rowGap,
      firstRowY: workersY,
    },
    nearScale: grid.nearScale,
  };
  const byId = new Map(components.map((component) => [component.id, component]));
  const put = (id: string, box: Box, isSlim: boolean) => {
    const record = byId.get(id);
    if (record) result.components.set(id, { ...box, id, host: record.host, name: record.name, k: 1, slim: isSlim, inTile: false });
  };

  placeLeft(result, byRole('client'), byRole('load-balancer'), components, { leftW, trunkY, band });
  etcdHosts.forEach((host, i) => {
    const w = rowW(etcdHosts.length);
    const box = { x: cpX + i * (w + gapOf(etcdHosts.length)), y: TOP, w, h: etcdRow };
    const pad = slimEtcd ? 9 : 12;
    result.hosts.push({ ...box, name: host.name, look: 'etcd', k: 1, slim: slimEtcd });
    put(`${host.name}/etcd`, { x: box.x + pad, y: box.y + TITLE, w: w - 2 * pad, h: size.etcd }, slimEtcd);
  });
  control.forEach((host, i) => {
    const w = rowW(control.length);
    const box = { x: cpX + i * (w + gapOf(control.length)), y: controlY, w, h: controlH };
    result.hosts.push({ ...box, name: host.name, look: 'control-plane', k: 1, slim });
    const pad = slim ? 12 : 14;
    const [x, inner] = [box.x + pad, w - 2 * pad];
    let y = box.y + TITLE;
    if (stacked) {
      put(`${host.name}/etcd`, { x, y, w: inner, h: size.etcd }, slim);
      y += size.etcd + size.gutter;
    }
    const half = slim ? inner : (inner - 14) / 2;
    const second = slim ? { x, y: y + size.manager + 6 } : { x: x + half + 14, y };
    put(`${host.name}/kube-scheduler`, { x, y, w: half, h: size.manager }, slim);
    put(`${host.name}/kube-controller-manager`, { ...second, w: half, h: size.manager }, slim);
    y += managers + size.gutter + 4;
    put(`${host.name}/kube-apiserver`, { x, y, w: inner, h: size.api }, slim);
  });
  if (left) result.captions.push({ key: 'clients', x: PAD, y: 14 });
  if (etcdHosts.length > 0) result.captions.push({ key: 'etcd', x: cpX, y: 14 });
  else if (control.length > 0) result.captions.push({ key: 'controlPlane', x: cpX, y: 14 });

  placeWorkers(result, workers, components, { workersY, grid, depth });
  placeOutside(result, byRole('outside'), components, { trunkY, band, tiles: grid.nearScale > 1 });
  placeTrays(result, { from: PAD + leftW + 24, trunkY, workersY });
  for (const component of components) if (!result.components.has(component.id)) placeRest(result, component);
  return result;
}

function placeLeft(
  result: StageLayout,
  clients: HostRecord[],
  balancers: HostRecord[],
  components: readonly ComponentRecord[],
  at: { leftW: number; trunkY: number; band: number },
): void {
  const balancerH = 88;
  // Below it stands the workers' caption.
  const bottom = at.trunkY + Math.min(balancerH / 2, at.band - CAPTION - 3);
  const room = bottom - balancerH - 24 - TOP;
  const h = between(44, room / Math.max(1, clients.length) - 10, 60);
  clients.forEach((host, i) => onlyComponent(result, host, components, 'client', { x: PAD, y: TOP + i * (h + 10), w: at.leftW, h }));
  const below = TOP + clients.length * (h + 10) + 14;
  const free = bottom - balancers.length * (balancerH + 12) - 14 - below;
  if (clients.length > 0 && free >= 128) result.legend = { x: PAD, y: below, w: at.leftW, h: Math.min(free, 200) };
  balancers.forEach((host, i) => {
    const box = { x: PAD, y: bottom - balancerH - i * (balancerH + 12), w: at.leftW, h: balancerH };
    onlyComponent(result, host, components, 'load-balancer', box);
  });
}

function placeOutside(
  result: StageLayout,
  outside: HostRecord[],
  components: readonly ComponentRecord[],
  at: { trunkY: number; band: number; tiles: boolean },
): void {
  // Right of the last line where there is room, else left of it.
  const riser = Math.max(0, ...result.risers.values());
  const room = result.width - PAD - riser - 14;
  const fits = room >= (at.tiles ? 80 : 112);
  const w = fits ? Math.min(156, room) : 148;
  const right = fits ? result.width - PAD : riser - 14;
  outside.forEach((host, i) => {
    const box = { x: right - (i + 1) * w - i * 16, y: at.trunkY + 12, w, h: Math.min(54, at.band - 36) };
    onlyComponent(result, host, components, 'outside', box);
  });
}

/** A host that is nothing but its one process is drawn as that process; further ones share the card. */
function onlyComponent(result: StageLayout, host: HostRecord, components: readonly ComponentRecord[], look: HostLook, box: Box): void {
  result.hosts.push({ ...box, name: host.name, look, k: 1, slim: false });
  const own = components.filter((component) => component.host === host.name);
  own.forEach((component, i) => {
    const h = box.h / own.length;
    const place = { ...box, y: box.y + i * h, h };
    result.components.set(component.id, { ...place, id: component.id, host: host.name, name: component.name, k: 1, slim: box.w < 120, inTile: false });
  });
}

/** What has no place of its own stands on its host's card. */
function placeRest(result: StageLayout, component: ComponentRecord): void {
  const host = result.hosts.find((box) => box.name === component.host);
  if (!host) return;
  const { x, y, w } = host;
  if (component.name === 'kubelet' && host.look === 'control-plane') {
    // Where control planes are Nodes: between the host's name and its address.
    const place = { x: x + Math.min(w - 200, 30 + host.name.length * 10.4), y: y + 6, w: 82, h: 28 };
    result.components.set(component.id, { ...place, id: component.id, host: host.name, name: component.name, k: host.k, slim: true, inTile: false });
    return;
  }
  result.components.set(component.id, { x, y, w, h: TITLE, id: component.id, host: host.name, name: component.name, k: host.k, slim: false, inTile: host.look === 'tile' });
}
