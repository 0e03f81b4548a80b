/** The lines that are always there: what is joined to what, each with the hosts and components at its ends. */
import type { ComponentBox, StageLayout } from './layout';
import { type Point, type Route, routeOf } from './path';
import type { Router } from './routes';

export interface Wire {
  id: string;
  kind: 'api' | 'etcd' | 'raft' | 'cri' | 'image';
  route: Route;
  /** Component at the one end; with `to` the other; empty: the trunk. */
  from: string;
  to: string;
}

export function wiresOf(layout: StageLayout, router: Router): Wire[] {
  const wires: Wire[] = [];
  const boxes = [...layout.components.values()];
  const named = (name: string, host?: string) => boxes.filter((box) => box.name === name && (host === undefined || box.host === host));
  const lookOf = (box: ComponentBox) => layout.hosts.find((host) => host.name === box.host)?.look;
  const join = (kind: Wire['kind'], from: ComponentBox, to: ComponentBox) => {
    const route = router.route(from.id, to.id);
    if (route) wires.push({ id: `${from.id} ${to.id}`, kind, route, from: from.id, to: to.id });
  };
  const toTrunk = (box: ComponentBox) => {
    const corners: Point[] | null = router.toTrunk(box);
    if (corners && corners.length > 1) wires.push({ id: box.id, kind: 'api', route: routeOf(corners), from: box.id, to: '' });
  };

  const balancer = boxes.find((box) => lookOf(box) === 'load-balancer');
  for (const box of boxes) {
    if (lookOf(box) === 'client') {
      if (balancer) join('api', box, balancer);
      else toTrunk(box);
    }
  }
  const members = named('etcd').sort((a, b) => a.x - b.x);
  members.slice(1).forEach((member, i) => join('raft', members[i]!, member));
  for (const api of named('kube-apiserver')) {
    toTrunk(api);
    const own = named('etcd', api.host)[0] ?? nearest(members, api);
    if (own) join('etcd', api, own);
    for (const name of ['kube-scheduler', 'kube-controller-manager']) {
      for (const box of named(name, api.host)) join('api', box, api);
    }
  }
  const outside = boxes.find((box) => lookOf(box) === 'outside');
  for (const kubelet of named('kubelet')) {
    const up = balancer && router.upTo(kubelet.id, balancer.id);
    if (balancer && up) join('api', kubelet, balancer);
    else toTrunk(kubelet);
    const runtime = named('containerd', kubelet.host)[0];
    if (runtime) {
      join('cri', kubelet, runtime);
      if (outside && layout.nearScale <= 1) join('image', runtime, outside);
    }
  }
  return wires;
}

function nearest(members: ComponentBox[], api: ComponentBox): ComponentBox | undefined {
  const far = (box: ComponentBox) => Math.abs(box.x + box.w / 2 - api.x - api.w / 2);
  return [...members].sort((a, b) => far(a) - far(b))[0];
}
