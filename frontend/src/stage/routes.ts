/**
 * The way of a message from one component to another, in the gutters.
 *
 * Every component has a way to the trunk; what has no shorter way goes along it. The shorter ways are the picture:
 * scheduler and controllers drop into their API server, an API server rises to etcd, etcd members meet in their row,
 * a kubelet reaches the runtime under their chips, images come in above the workers.
 */
import type { Box, ComponentBox, HostBox, StageLayout } from './layout';
import { type Point, type Route, reversed, routeOf } from './path';

const cx = (box: Box) => box.x + box.w / 2;
const cy = (box: Box) => box.y + box.h / 2;
const bottom = (box: Box) => box.y + box.h;
const right = (box: Box) => box.x + box.w;

export class Router {
  private readonly known = new Map<string, Route | null>();
  private readonly hosts: Map<string, HostBox>;

  constructor(private readonly layout: StageLayout) {
    this.hosts = new Map(layout.hosts.map((host) => [host.name, host]));
  }

  /** The route of a message; null where there is none to draw (a component that talks to itself, or is not shown). */
  route(source: string, target: string): Route | null {
    const key = `${source} ${target}`;
    let route = this.known.get(key);
    if (route === undefined) {
      const corners = this.corners(source, target);
      route = corners ? routeOf(corners) : null;
      this.known.set(key, route);
    }
    return route;
  }

  /** Whether a node's component goes straight up to the load balancer. */
  upTo(source: string, balancer: string): boolean {
    const from = this.layout.components.get(source);
    const to = this.layout.components.get(balancer);
    const host = from && this.hosts.get(from.host);
    return from !== undefined && to !== undefined && host !== undefined && this.upToBalancer(from, to, host) !== null;
  }

  corners(source: string, target: string): Point[] | null {
    const from = this.find(source, target);
    const to = this.find(target, source);
    if (!from || !to || from === to) return null;
    const direct = this.direct(from, to);
    if (direct) return direct;
    const back = this.direct(to, from);
    if (back) return reversed(back);
    const up = this.toTrunk(from);
    const down = this.toTrunk(to);
    if (!up || !down) return [{ x: cx(from), y: cy(from) }, { x: cx(to), y: cy(to) }];
    return [...up, ...reversed(down)];
  }

  /** A component; of a host where nothing listens, what would: the peer's like, else what stands there first. */
  private find(id: string, peer: string): ComponentBox | undefined {
    const known = this.layout.components.get(id);
    if (known) return known;
    const there = [...this.layout.components.values()].filter((box) => box.host === id);
    const alike = this.layout.components.get(peer)?.name;
    const asked = alike === 'kube-apiserver' ? 'etcd' : alike === 'etcd' ? 'etcd' : 'kube-apiserver';
    return there.find((box) => box.name === asked) ?? there[0];
  }

  /** From a component to the trunk's line, its last point on the trunk; null where there is no trunk. */
  toTrunk(box: ComponentBox): Point[] | null {
    const { trunk, gutters } = this.layout;
    const host = this.hosts.get(box.host);
    if (!trunk || !host) return null;
    const y = trunk.y;
    switch (host.look) {
      case 'load-balancer':
        return [{ x: right(box), y }];
      case 'client': {
        const x = gutters.clientX;
        return [{ x: right(box), y: cy(box) }, { x, y: cy(box) }, { x, y }];
      }
      case 'outside':
        return [{ x: cx(box), y: box.y }, { x: cx(box), y }];
      case 'worker':
      case 'worker-compact':
        return this.riser(box, host, y);
      default:
        return this.drop(box, host, y);
    }
  }

  private riser(box: ComponentBox, host: HostBox, y: number): Point[] {
    const x = this.layout.risers.get(host.name)!;
    const start = this.toRiser(box, x);
    const first = Math.min(...this.layout.hosts.filter((h) => h.look === host.look).map((h) => h.y));
    const balancer = this.under(x);
    if (balancer && host.y === first) {
      // It stands under the load balancer: around it to the trunk.
      const around = balancer.y + balancer.h + 8;
      const edge = balancer.x + balancer.w + 8;
      return [...start, { x, y: around }, { x: edge, y: around }, { x: edge, y }];
    }
    if (host.y === first) return [...start, { x, y }];
    const gutterX = host.x - this.layout.gutters.gap / 2;
    return [...start, { x, y: host.y - 12 }, { x: gutterX, y: host.y - 12 }, { x: gutterX, y }];
  }

  /** The load balancer that stands above a riser. */
  private under(x: number): HostBox | undefined {
    return this.layout.hosts.find((host) => host.look === 'load-balancer' && x > host.x && x < host.x + host.w);
  }

  private drop(box: ComponentBox, host: HostBox, y: number): Point[] {
    if (box.name === 'kube-apiserver') return [{ x: cx(box), y: bottom(box) }, { x: cx(box), y }];
    const gutterY = box.name === 'etcd' ? this.layout.gutters.etcdY : this.layout.gutters.controlY;
    const x = cx(box) < cx(host) ? host.x + 7 : right(host) - 7;
    return [{ x: cx(box), y: bottom(box) }, { x: cx(box), y: gutterY }, { x, y: gutterY }, { x, y }];
  }

  private direct(from: ComponentBox, to: ComponentBox): Point[] | null {
    const a = this.hosts.get(from.host);
    const b = this.hosts.get(to.host);
    if (!a || !b) return null;
    if (from.name === 'etcd' && to.name === 'etcd') return this.betweenMembers(from, to);
    if (from.name === 'kube-apiserver' && to.name === 'etcd') return this.toStore(from, to);
    if (a.name === b.name && to.name === 'kube-apiserver') {
      return [{ x: cx(from), y: bottom(from) }, { x: cx(from), y: to.y }];
    }
    if (a.name === b.name && a.look.startsWith('worker')) return this.insideNode(from, to, a);
    if (a.look === 'client' && b.look === 'load-balancer') return this.toBalancer(from, to);
    if (a.look.startsWith('worker') && b.look === 'load-balancer') return this.upToBalancer(from, to, a);
    if (a.look.startsWith('worker') && b.look === 'outside') return this.toOutside(from, to, a);
    return null;
  }

  private betweenMembers(from: ComponentBox, to: ComponentBox): Point[] {
    const members = [...this.layout.components.values()].filter((box) => box.name === 'etcd').sort((p, q) => p.x - q.x);
    const apart = Math.abs(members.indexOf(from) - members.indexOf(to));
    if (apart <= 1) {
      const y = from.y + from.h * 0.42;
      return from.x < to.x ? [{ x: right(from), y }, { x: to.x, y }] : [{ x: from.x, y }, { x: right(to), y }];
    }
    const y = this.layout.gutters.overEtcdY - (apart - 2) * 8;
    return [{ x: cx(from), y: from.y }, { x: cx(from), y }, { x: cx(to), y }, { x: cx(to), y: to.y }];
  }

  private toStore(from: ComponentBox, to: ComponentBox): Point[] {
    const x = cx(from);
    if (Math.abs(x - cx(to)) < 1) return [{ x, y: from.y }, { x, y: bottom(to) }];
    const y = this.layout.gutters.etcdY;
    return [{ x, y: from.y }, { x, y }, { x: cx(to), y }, { x: cx(to), y: bottom(to) }];
  }

  private insideNode(from: ComponentBox, to: ComponentBox, host: HostBox): Point[] {
    const y = bottom(from) + (host.look === 'worker' ? 9 : 6);
    return [{ x: cx(from), y: bottom(from) }, { x: cx(from), y }, { x: cx(to), y }, { x: cx(to), y: bottom(to) }];
  }

  private toBalancer(from: ComponentBox, to: ComponentBox): Point[] {
    const x = this.layout.gutters.clientX;
    const y = to.y + 16;
    return [{ x: right(from), y: cy(from) }, { x, y: cy(from) }, { x, y }, { x: right(to), y }];
  }

  /** Straight up, where the node stands under the load balancer; null: along the trunk. */
  private upToBalancer(from: ComponentBox, to: ComponentBox, host: HostBox): Point[] | null {
    const x = this.layout.risers.get(host.name)!;
    const first = Math.min(...this.layout.hosts.filter((h) => h.look === host.look).map((h) => h.y));
    if (!this.under(x) || host.y !== first) return null;
    return [...this.toRiser(from, x), { x, y: bottom(to) }];
  }

  /** From a chip into the gutter above it, and to the node's riser. */
  private toRiser(box: ComponentBox, x: number): Point[] {
    if (x >= box.x && x <= right(box)) return [{ x, y: box.y }];
    return [{ x: cx(box), y: box.y }, { x: cx(box), y: box.y - 5 }, { x, y: box.y - 5 }];
  }

  private toOutside(from: ComponentBox, to: ComponentBox, host: HostBox): Point[] {
    const { imageY, gap } = this.layout.gutters;
    const underY = bottom(from) + (host.look === 'worker' ? 9 : 6);
    const x = right(host) + gap / 2 - 2;
    const start = { x: cx(from) + 10, y: bottom(from) };
    const enter = Math.max(right(to) - 16, cx(to));
    const upY = host.y - 12;
    return [
      start,
      { x: start.x, y: underY },
      { x, y: underY },
      { x, y: Math.max(imageY, upY) },
      ...(upY > imageY ? [{ x, y: imageY }] : []),
      { x: enter, y: imageY },
      { x: enter, y: bottom(to) },
    ];
  }
}
