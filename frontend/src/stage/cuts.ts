/** Where a cut, slow or lossy link between two hosts is drawn, and the line between hosts that are parted. */
import type { LinkRecord } from '../wire';
import type { Box, ComponentBox, StageLayout } from './layout';
import { placeAt, type Route, routeOf } from './path';
import type { Router } from './routes';

export interface Cut {
  id: string;
  hosts: [string, string];
  route: Route;
  x: number;
  y: number;
  /** Not merely slow or lossy. */
  cut: boolean;
  /** Only one way: degrees in which it is cut. */
  oneWay: number | null;
  slowNs: number;
  drop: number;
}

/** Hosts that are parted from others: around them runs the line. */
export interface Rift {
  id: string;
  inside: string[];
  outside: string[];
  boxes: Box[];
}

const FACES = ['kubelet', 'kube-apiserver', 'load-balancer', 'kubectl', 'registry', 'etcd'];

export function cutsOf(links: Iterable<LinkRecord>, layout: StageLayout, router: Router, rifts: readonly Rift[] = []): Cut[] {
  const cuts: Cut[] = [];
  for (const link of links) {
    const cut = link.cut !== 'no';
    if (!cut && link.slow_ns === 0 && link.drop === 0) continue;
    if (cut && rifts.some((rift) => parts(rift, link.a, link.b))) continue;
    const route = routeBetween(link.a, link.b, layout, router);
    if (!route) continue;
    const { x, y } = placeAt(route.route, route.share);
    cuts.push({
      id: link.id,
      hosts: [link.a, link.b],
      route: route.route,
      x,
      y,
      cut,
      oneWay: link.cut === 'a-to-b' || link.cut === 'b-to-a' ? bearing(layout, link.cut === 'a-to-b' ? [link.a, link.b] : [link.b, link.a]) : null,
      slowNs: link.slow_ns,
      drop: link.drop,
    });
  }
  return cuts;
}

function bearing(layout: StageLayout, [from, to]: [string, string]): number {
  const middle = (name: string) => layout.hosts.find((host) => host.name === name);
  const [a, b] = [middle(from), middle(to)];
  if (!a || !b) return 0;
  return (Math.atan2(b.y + b.h / 2 - a.y - a.h / 2, b.x + b.w / 2 - a.x - a.w / 2) * 180) / Math.PI;
}

function parts(rift: Rift, a: string, b: string): boolean {
  return (rift.inside.includes(a) && rift.outside.includes(b)) || (rift.inside.includes(b) && rift.outside.includes(a));
}

/** Groups of hosts of which each of the one is cut off from each of the other, in both directions; a single link is none. */
export function riftsOf(links: Iterable<LinkRecord>, layout: StageLayout): Rift[] {
  const cutFrom = new Map<string, Set<string>>();
  const add = (a: string, b: string) => cutFrom.set(a, (cutFrom.get(a) ?? new Set()).add(b));
  for (const link of links) {
    if (link.cut !== 'both') continue;
    add(link.a, link.b);
    add(link.b, link.a);
  }
  // Hosts that are cut off from the same ones are on one side.
  const sides = new Map<string, string[]>();
  for (const [host, others] of [...cutFrom].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const key = [...others].sort().join();
    sides.set(key, [...(sides.get(key) ?? []), host]);
  }
  const groups = [...sides.values()];
  const rifts = new Map<string, Rift>();
  groups.forEach((group, i) => {
    for (const other of groups.slice(i + 1)) {
      if (group.length * other.length < 2 || !group.every((a) => other.every((b) => cutFrom.get(a)!.has(b)))) continue;
      // The line runs around those that are cut off from more; of two alike around the smaller group.
      const lonely = (hosts: string[]) => cutFrom.get(hosts[0]!)!.size * 100 - hosts.length;
      const [inside, outside] = lonely(group) >= lonely(other) ? [group, other] : [other, group];
      const id = inside.join('+');
      const known = rifts.get(id);
      if (known) known.outside.push(...outside);
      else rifts.set(id, { id, inside, outside: [...outside], boxes: outlines(inside, layout) });
    }
  });
  return [...rifts.values()];
}

const ROUND = 9;

/** Boxes around the hosts, those that stand side by side in one. */
function outlines(hosts: string[], layout: StageLayout): Box[] {
  const boxes = layout.hosts
    .filter((host) => hosts.includes(host.name))
    .map(({ x, y, w, h }) => ({ x: x - ROUND, y: y - ROUND, w: w + 2 * ROUND, h: h + 2 * ROUND }))
    .sort((a, b) => a.y - b.y || a.x - b.x);
  const merged: Box[] = [];
  for (const box of boxes) {
    const last = merged.at(-1);
    const near = last && Math.abs(last.y - box.y) < 1 && Math.abs(last.h - box.h) < 1 && box.x - (last.x + last.w) < 30;
    if (last && near) last.w = box.x + box.w - last.x;
    else merged.push({ ...box });
  }
  return merged;
}

/** Members meet directly; else the piece that is the worker's or client's own, not the trunk that all share. */
function routeBetween(a: string, b: string, layout: StageLayout, router: Router): { route: Route; share: number } | null {
  const of = (host: string, name: string) => [...layout.components.values()].find((box) => box.host === host && box.name === name);
  const etcdA = of(a, 'etcd');
  const etcdB = of(b, 'etcd');
  if (etcdA && etcdB) {
    const route = router.route(etcdA.id, etcdB.id);
    return route && { route, share: 0.5 };
  }
  const faces = [a, b]
    .map((host) => FACES.map((name) => of(host, name)).find((box) => box !== undefined) ?? null)
    .filter((box): box is ComponentBox => box !== null)
    .sort((p, q) => FACES.indexOf(p.name) - FACES.indexOf(q.name));
  const [face, other] = faces;
  if (!face || !other) return null;
  const balancer = [...layout.components.values()].find((box) => box.name === 'load-balancer');
  const up = balancer && router.upTo(face.id, balancer.id) ? router.corners(face.id, balancer.id) : null;
  const own = up ?? router.toTrunk(face);
  if (own && own.length > 1 && (face.name === 'kubelet' || face.name === 'kube-apiserver')) {
    return { route: routeOf(own), share: 0.6 };
  }
  const route = router.route(face.id, other.id);
  return route && { route, share: 0.5 };
}

/** The share of a message's way at which it meets the cut between two hosts; the middle where none is drawn. */
export function cutShare(cuts: readonly Cut[], rifts: readonly Rift[], a: string, b: string, route: Route): number {
  const rift = rifts.find((item) => parts(item, a, b));
  if (rift) {
    const isIn = (u: number) => {
      const { x, y } = placeAt(route, u);
      return rift.boxes.some((box) => x > box.x && x < box.x + box.w && y > box.y && y < box.y + box.h);
    };
    const first = isIn(0);
    for (let u = 0.02; u < 0.97; u += 0.02) if (isIn(u) !== first) return u;
  }
  const cut = cuts.find((item) => item.hosts.includes(a) && item.hosts.includes(b));
  if (!cut) return 0.5;
  let best = 0.5;
  let least = Infinity;
  for (let u = 0.05; u < 0.96; u += 0.025) {
    const { x, y } = placeAt(route, u);
    const far = Math.hypot(x - cut.x, y - cut.y);
    if (far < least) [best, least] = [u, far];
  }
  return least < 30 ? best : 0.5;
}
