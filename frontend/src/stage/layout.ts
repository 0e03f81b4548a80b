/**
 * Where everything stands, computed from the topology and the room there is.
 *
 * Units: sixteen make the smallest type that may be shown. When the cluster needs more room than there is, the stage
 * becomes larger than the window and is zoomed; type does not shrink.
 *
 * The rules: clients and the load balancer stand at the left; control-plane hosts in a row on top (etcd hosts of their
 * own in a row above them); workers below; between them the trunk, which is the API. Links run in the gutters between
 * cards, so no line crosses a word.
 */
import type { ComponentRecord, HostRecord } from '../wire';

export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

export type HostLook = 'client' | 'load-balancer' | 'control-plane' | 'etcd' | 'worker' | 'worker-compact' | 'outside';

export interface HostBox extends Box {
  name: string;
  look: HostLook;
}

export interface ComponentBox extends Box {
  id: string;
  host: string;
  name: string;
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
  /** Where each worker's riser stands. */
  risers: Map<string, number>;
  /** Where the legend of protocols fits, if it does. */
  legend: Box | null;
  captions: { key: 'clients' | 'controlPlane' | 'etcd' | 'workers'; x: number; y: number }[];
  gutters: Gutters;
  compact: boolean;
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
  gap: number;
}

export const PAD = 16;
const GAP = 28;
const WORKER_GAP = 20;
const CP_MIN = 254;
const WORKER_MIN = 228;
const COMPACT_MIN = 168;
const TITLE = 40;
const TOP = 46;

const between = (low: number, value: number, high: number) => Math.min(high, Math.max(low, value));

export function layoutStage(hosts: readonly HostRecord[], components: readonly ComponentRecord[], room: { w: number; h: number }): StageLayout {
  const byRole = (role: HostRecord['role']) => hosts.filter((host) => host.role === role).sort((a, b) => a.order - b.order);
  const control = byRole('control-plane');
  const etcdHosts = byRole('etcd');
  const workers = byRole('worker');
  const left = byRole('client').length + byRole('load-balancer').length > 0;
  const has = (host: string, name: string) => components.some((c) => c.host === host && c.name === name);
  const stacked = control.some((host) => has(host.name, 'etcd'));

  const leftW = left ? between(156, room.w * 0.15, 232) : 0;
  const cpX = PAD + (left ? leftW + 40 : 0);
  const columns = Math.max(1, control.length, etcdHosts.length);
  const few = Math.min(4, workers.length);
  const width = Math.max(
    room.w,
    cpX + columns * CP_MIN + (columns - 1) * GAP + PAD,
    2 * PAD + few * WORKER_MIN + (few - 1) * WORKER_GAP,
  );
  const roomy = between(0, (room.h - 690) / 220, 1.4);

  const size = {
    etcd: 92 + 20 * roomy,
    manager: 50 + 14 * roomy,
    api: 42 + 14 * roomy,
    gutter: 16 + 6 * roomy,
  };
  const etcdRow = etcdHosts.length > 0 ? TITLE + size.etcd + 12 : 0;
  const controlY = TOP + (etcdRow > 0 ? etcdRow + 24 : 0);
  const controlH = TITLE + (stacked ? size.etcd + size.gutter : 0) + size.manager + size.gutter + 4 + size.api + 12;
  const trunkY = controlY + (control.length > 0 ? controlH : 0) + 26 + 6 * roomy;
  const band = 88 + 20 * roomy;
  const workersY = trunkY + band;

  const result: StageLayout = {
    width,
    height: room.h,
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
      gap: WORKER_GAP,
    },
    compact: false,
  };
  const put = (id: string, box: Box) => {
    const record = components.find((component) => component.id === id);
    if (record) result.components.set(id, { ...box, id, host: record.host, name: record.name });
  };

  placeLeft(result, byRole('client'), byRole('load-balancer'), components, { leftW, trunkY });
  const rowW = (n: number) => Math.min(400, (width - PAD - cpX - (n - 1) * GAP) / n);
  etcdHosts.forEach((host, i) => {
    const w = rowW(etcdHosts.length);
    const box = { x: cpX + i * (w + GAP), y: TOP, w, h: etcdRow };
    result.hosts.push({ ...box, name: host.name, look: 'etcd' });
    put(`${host.name}/etcd`, { x: box.x + 12, y: box.y + TITLE, w: w - 24, h: size.etcd });
  });
  control.forEach((host, i) => {
    const w = rowW(control.length);
    const box = { x: cpX + i * (w + GAP), y: controlY, w, h: controlH };
    result.hosts.push({ ...box, name: host.name, look: 'control-plane' });
    let y = box.y + TITLE;
    const inner = w - 28;
    if (stacked) {
      put(`${host.name}/etcd`, { x: box.x + 14, y, w: inner, h: size.etcd });
      y += size.etcd + size.gutter;
    }
    const half = (inner - 14) / 2;
    put(`${host.name}/kube-scheduler`, { x: box.x + 14, y, w: half, h: size.manager });
    put(`${host.name}/kube-controller-manager`, { x: box.x + 28 + half, y, w: half, h: size.manager });
    y += size.manager + size.gutter + 4;
    put(`${host.name}/kube-apiserver`, { x: box.x + 14, y, w: inner, h: size.api });
  });
  if (left) result.captions.push({ key: 'clients', x: PAD, y: 14 });
  if (etcdHosts.length > 0) result.captions.push({ key: 'etcd', x: cpX, y: 14 });
  else if (control.length > 0) result.captions.push({ key: 'controlPlane', x: cpX, y: 14 });

  placeWorkers(result, workers, components, { workersY, bottom: room.h - PAD });
  placeOutside(result, byRole('outside'), components, { trunkY, band });
  placeTrays(result, { from: PAD + leftW + 24, trunkY, workersY });
  for (const component of components) if (!result.components.has(component.id)) placeRest(result, component);
  return result;
}

function placeLeft(
  result: StageLayout,
  clients: HostRecord[],
  balancers: HostRecord[],
  components: readonly ComponentRecord[],
  at: { leftW: number; trunkY: number },
): void {
  const balancerH = 88;
  const room = at.trunkY - balancerH / 2 - 24 - TOP;
  const h = between(44, room / Math.max(1, clients.length) - 10, 60);
  clients.forEach((host, i) => onlyComponent(result, host, components, 'client', { x: PAD, y: TOP + i * (h + 10), w: at.leftW, h }));
  const below = TOP + clients.length * (h + 10) + 14;
  const free = at.trunkY - balancers.length * (balancerH + 12) + balancerH / 2 - 14 - below;
  if (clients.length > 0 && free >= 128) result.legend = { x: PAD, y: below, w: at.leftW, h: Math.min(free, 200) };
  balancers.forEach((host, i) => {
    const box = { x: PAD, y: at.trunkY - balancerH / 2 - i * (balancerH + 12), w: at.leftW, h: balancerH };
    onlyComponent(result, host, components, 'load-balancer', box);
  });
}

function placeOutside(
  result: StageLayout,
  outside: HostRecord[],
  components: readonly ComponentRecord[],
  at: { trunkY: number; band: number },
): void {
  // Right of the last riser where there is room, else left of it.
  const riser = Math.max(0, ...result.risers.values());
  const room = result.width - PAD - riser - 14;
  const w = room >= 112 ? Math.min(156, room) : 148;
  const right = room >= 112 ? result.width - PAD : riser - 14;
  outside.forEach((host, i) => {
    const box = { x: right - (i + 1) * w - i * 16, y: at.trunkY + 12, w, h: Math.min(54, at.band - 36) };
    onlyComponent(result, host, components, 'outside', box);
  });
}

/** A host that is nothing but its one process is drawn as that process; further ones share the card. */
function onlyComponent(result: StageLayout, host: HostRecord, components: readonly ComponentRecord[], look: HostLook, box: Box): void {
  result.hosts.push({ ...box, name: host.name, look });
  const own = components.filter((component) => component.host === host.name);
  own.forEach((component, i) => {
    const h = box.h / own.length;
    result.components.set(component.id, { ...box, y: box.y + i * h, h, id: component.id, host: host.name, name: component.name });
  });
}

function placeWorkers(
  result: StageLayout,
  workers: HostRecord[],
  components: readonly ComponentRecord[],
  at: { workersY: number; bottom: number },
): void {
  if (workers.length === 0) return;
  const avail = result.width - 2 * PAD;
  const perRow = (min: number) => Math.max(1, Math.floor((avail + WORKER_GAP) / (min + WORKER_GAP)));
  const roomH = at.bottom - at.workersY;
  let rows = Math.ceil(workers.length / perRow(WORKER_MIN));
  let h = (roomH - (rows - 1) * 28) / rows;
  const compact = h < 196 && rows > 1;
  if (compact) {
    rows = Math.ceil(workers.length / perRow(COMPACT_MIN));
    h = (roomH - (rows - 1) * 28) / rows;
  }
  h = Math.max(h, compact ? 128 : 206);
  const columns = Math.ceil(workers.length / rows);
  const w = Math.min(440, (avail - (columns - 1) * WORKER_GAP) / columns);
  result.compact = compact;
  result.height = Math.max(result.height, at.workersY + rows * h + (rows - 1) * 28 + PAD);
  result.captions.push({ key: 'workers', x: PAD, y: at.workersY - 30 });
  workers.forEach((host, i) => {
    const row = Math.floor(i / columns);
    const box = { x: PAD + (i % columns) * (w + WORKER_GAP), y: at.workersY + row * (h + 28), w, h };
    result.hosts.push({ ...box, name: host.name, look: compact ? 'worker-compact' : 'worker' });
    placeInside(result, host.name, components, box, compact);
  });
}

const WORKER_ORDER = ['kubelet', 'kube-proxy', 'containerd'];

function placeInside(result: StageLayout, host: string, components: readonly ComponentRecord[], box: Box, compact: boolean): void {
  const own = components
    .filter((component) => component.host === host)
    .sort((a, b) => rank(a.name) - rank(b.name) || (a.id < b.id ? -1 : 1));
  const y = box.y + TITLE + 4;
  const h = compact ? 28 : 34;
  const gap = 5;
  const inner = box.w - 24;
  const weights = own.map((component) => component.name.replace('kube-', '').length + 1.4);
  const sum = weights.reduce((a, b) => a + b, 0);
  let x = box.x + 12;
  own.forEach((component, i) => {
    const w = compact ? 40 : ((inner - gap * (own.length - 1)) * weights[i]!) / sum;
    result.components.set(component.id, { x, y, w, h, id: component.id, host, name: component.name });
    x += w + gap;
  });
  // Between the node's name and its state, where no word stands.
  result.risers.set(host, box.x + between(60, 32 + host.length * 10.4, box.w * 0.5));
  const top = y + h + (compact ? 12 : 52);
  result.podAreas.set(host, { x: box.x + 12, y: top, w: inner, h: box.y + box.h - 12 - top });
}

function rank(name: string): number {
  const known = WORKER_ORDER.indexOf(name);
  return known < 0 ? WORKER_ORDER.length : known;
}

/** The band between trunk and workers, without the risers and what stands in it. */
function placeTrays(result: StageLayout, at: { from: number; trunkY: number; workersY: number }): void {
  const firstRow = Math.min(...result.hosts.filter((host) => host.look.startsWith('worker')).map((host) => host.y));
  const stops = result.hosts
    .filter((host) => host.look.startsWith('worker') && host.y === firstRow)
    .map((host) => result.risers.get(host.name)!)
    .sort((a, b) => a - b);
  const outside = result.hosts.filter((host) => host.look === 'outside').map((host) => host.x);
  const end = Math.min(result.width - PAD, ...outside.map((x) => x - 12));
  const edges = [at.from, ...stops.filter((x) => x > at.from && x < end), end];
  for (let i = 0; i < edges.length - 1; i += 1) {
    const x = edges[i]! + (i === 0 ? 0 : 14);
    const w = edges[i + 1]! - 14 - x;
    if (w >= 110) result.trays.push({ x, y: at.trunkY + 13, w, h: at.workersY - 22 - at.trunkY - 13 });
  }
}

/** What has no place of its own stands on its host's card. */
function placeRest(result: StageLayout, component: ComponentRecord): void {
  const host = result.hosts.find((box) => box.name === component.host);
  if (!host) return;
  result.components.set(component.id, { x: host.x, y: host.y, w: host.w, h: TITLE, id: component.id, host: host.name, name: component.name });
}
