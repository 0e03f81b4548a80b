/** Where a cut, slow or lossy link between two hosts is drawn. */
import type { LinkRecord } from '../wire';
import type { ComponentBox, StageLayout } from './layout';
import { placeAt, type Route, routeOf } from './path';
import type { Router } from './routes';

export interface Cut {
  id: string;
  route: Route;
  x: number;
  y: number;
  hosts: [string, string];
  /** Not merely slow or lossy. */
  cut: boolean;
}

const FACES = ['kubelet', 'kube-apiserver', 'load-balancer', 'kubectl', 'registry', 'etcd'];

export function cutsOf(links: Iterable<LinkRecord>, layout: StageLayout, router: Router): Cut[] {
  const cuts: Cut[] = [];
  for (const link of links) {
    const cut = link.cut !== 'no';
    if (!cut && link.slow_ns === 0 && link.drop === 0) continue;
    const route = routeBetween(link.a, link.b, layout, router);
    if (!route) continue;
    const { x, y } = placeAt(route.route, route.share);
    cuts.push({ id: link.id, hosts: [link.a, link.b], route: route.route, x, y, cut });
  }
  return cuts;
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

/** The share of a message's way that is nearest to where its link's cut is drawn; the middle where none is. */
export function cutShare(cuts: readonly Cut[], a: string, b: string, route: Route): number {
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
