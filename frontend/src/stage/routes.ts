/**
 * The way of a message from one component to another, in the gutters.
 *
 * Every component has a way to the trunk; what has no shorter way goes along it. The shorter ways are the picture:
 * scheduler and controllers drop into their API server, an API server rises to etcd, etcd members meet in their row,
 * a kubelet reaches the runtime under their chips, images come in above the workers.
 */
import { between, type Box, type ComponentBox, type HostBox, PAD, type StageLayout } from './layout';
import { type Point, type Route, reversed, routeOf } from './path';

const cx = (box: Box) => box.x + box.w / 2;
const cy = (box: Box) => box.y + box.h / 2;
const bottom = (box: Box) => box.y + box.h;
const right = (box: Box) => box.x + box.w;
const isWorker = (host: HostBox) => host.look === 'worker' || host.look === 'tile';

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
    if (this.shellHost(source)) return this.fromShell(this.shellHost(source)!, target);
    if (this.shellHost(target)) {
      const back = this.fromShell(this.shellHost(target)!, source);
      return back && reversed(back);
    }
    const from = this.find(source, target);
    const to = this.find(target, source);
    if (!from || !to || from === to || (from.inTile && from.host === to.host)) return null;
    const direct = this.direct(from, to);
    if (direct) return direct;
    const back = this.direct(to, from);
    if (back) return reversed(back);
    const up = this.toTrunk(from);
    const down = this.toTrunk(to);
    if (!up || !down) return [{ x: cx(from), y: cy(from) }, { x: cx(to), y: cy(to) }];
    return [...up, ...reversed(down)];
  }

  /** The host of a person's shell, which has no card of its own. */
  private shellHost(id: string): HostBox | undefined {
    return id.endsWith('/shell') ? this.hosts.get(id.slice(0, -'/shell'.length)) : undefined;
  }

  /** From a shell: its messages begin at the name of its host, and pass beside what stands on the card. */
  private fromShell(host: HostBox, target: string): Point[] | null {
    const to = this.find(target, target);
    if (!to) return null;
    const x = right(host) - 7 * host.k;
    const start = { x, y: host.y + 20 * host.k };
    if (to.host === host.name) return to.inTile ? null : [start, { x, y: cy(to) }, { x: right(to), y: cy(to) }];
    const down = this.toTrunk(to);
    const { trunk } = this.layout;
    if (!down || !trunk) return [start, { x: cx(to), y: cy(to) }];
    if (host.look !== 'worker' && host.look !== 'tile') return [start, { x, y: trunk.y }, ...reversed(down)];
    const title = { ...to, id: '', host: host.name, x: host.x, y: host.y, w: host.w, h: 30, inTile: true };
    return [...this.riser(title, host, trunk.y), ...reversed(down)];
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
      case 'tile':
        return this.riser(box, host, y);
      default:
        return this.drop(box, host, y);
    }
  }

  private riser(box: ComponentBox, host: HostBox, y: number): Point[] {
    const { gutters } = this.layout;
    const entry = this.entry(host);
    const start = this.toRiser(box, entry, host.k);
    const x = this.upright(host);
    if (x !== entry) start.push({ x: entry, y: host.y - gutters.rowGap / 2 }, { x, y: host.y - gutters.rowGap / 2 });
    const balancer = this.under(x);
    if (!balancer) return [...start, { x, y }];
    // It stands under the load balancer: around it to the trunk.
    const around = balancer.y + balancer.h + 8;
    const edge = balancer.x + balancer.w + 8;
    return [...start, { x, y: around }, { x: edge, y: around }, { x: edge, y }];
  }

  /** Where a worker's line enters its card: between the node's name and its state, where no word stands. */
  private entry(host: HostBox): number {
    if (host.look === 'tile') return host.x + host.w / 2;
    return host.x + between(60, 32 + host.name.length * 10.4, (host.w / host.k) * 0.5) * host.k;
  }

  /** Where it rises to the trunk: of cards that stand first straight up, else in the gutter beside them. */
  private upright(host: HostBox): number {
    const { gutters, nearScale, risers } = this.layout;
    if (nearScale > 1) return risers.get(host.name)!;
    if (host.y <= gutters.firstRowY + 1) return this.entry(host);
    return host.x <= PAD + 1 ? right(host) + gutters.gap / 2 : host.x - gutters.gap / 2;
  }

  /** The load balancer that stands above a riser. */
  private under(x: number): HostBox | undefined {
    return this.layout.hosts.find((host) => host.look === 'load-balancer' && x > host.x - 6 && x < host.x + host.w + 6);
  }

  private drop(box: ComponentBox, host: HostBox, y: number): Point[] {
    if (box.name === 'kubelet') {
      // Over the card and down beside it.
      const [over, beside] = [host.y - 5, right(host) + 8];
      return [{ x: cx(box), y: box.y }, { x: cx(box), y: over }, { x: beside, y: over }, { x: beside, y }];
    }
    if (box.name === 'kube-apiserver') return [{ x: cx(box), y: bottom(box) }, { x: cx(box), y }];
    const gutterY = box.name === 'etcd' ? this.layout.gutters.etcdY : this.layout.gutters.controlY;
    const x = cx(box) < cx(host) ? host.x + 7 : right(host) - 7;
    if (box.slim && box.name !== 'etcd') return [{ x: box.x, y: cy(box) }, { x: host.x + 6, y: cy(box) }, { x: host.x + 6, y }];
    return [{ x: cx(box), y: bottom(box) }, { x: cx(box), y: gutterY }, { x, y: gutterY }, { x, y }];
  }

  private direct(from: ComponentBox, to: ComponentBox): Point[] | null {
    const a = this.hosts.get(from.host);
    const b = this.hosts.get(to.host);
    if (!a || !b) return null;
    if (from.name === 'etcd' && to.name === 'etcd') return this.betweenMembers(from, to);
    if (from.name === 'kube-apiserver' && to.name === 'etcd') return this.toStore(from, to, a);
    if (a.name === b.name && to.name === 'kube-apiserver' && from.name !== 'etcd') {
      // One above the other: down the card's left side.
      const x = a.x + 6;
      if (from.slim) return [{ x: from.x, y: cy(from) }, { x, y: cy(from) }, { x, y: cy(to) }, { x: to.x, y: cy(to) }];
      return [{ x: cx(from), y: bottom(from) }, { x: cx(from), y: to.y }];
    }
    if (a.name === b.name && isWorker(a)) return this.insideNode(from, to, a);
    if (a.look === 'client' && b.look === 'load-balancer') return this.toBalancer(from, to);
    if (isWorker(a) && b.look === 'load-balancer') return this.upToBalancer(from, to, a);
    if (isWorker(a) && b.look === 'outside') return this.toOutside(from, to, a);
    return null;
  }

  private betweenMembers(from: ComponentBox, to: ComponentBox): Point[] {
    const members = [...this.layout.components.values()].filter((box) => box.name === 'etcd').sort((p, q) => p.x - q.x);
    const apart = Math.abs(members.indexOf(from) - members.indexOf(to));
    if (apart <= 1) {
      const y = from.y + from.h * 0.42;
      return from.x < to.x ? [{ x: right(from), y }, { x: to.x, y }] : [{ x: from.x, y }, { x: right(to), y }];
    }
    const y = this.layout.gutters.overEtcdY - Math.min(4, apart - 2) * 7;
    // Past the host's name.
    const at = (box: ComponentBox) => (box.slim ? right(box) - 18 : cx(box));
    return [{ x: at(from), y: from.y }, { x: at(from), y }, { x: at(to), y }, { x: at(to), y: to.y }];
  }

  private toStore(from: ComponentBox, to: ComponentBox, host: HostBox): Point[] {
    const x = from.slim ? right(host) - 6 : cx(from);
    const start = from.slim ? [{ x: right(from), y: cy(from) }, { x, y: cy(from) }] : [{ x, y: from.y }];
    if (Math.abs(x - cx(to)) < 1) return [...start, { x, y: bottom(to) }];
    const y = this.layout.gutters.etcdY;
    return [...start, { x, y }, { x: cx(to), y }, { x: cx(to), y: bottom(to) }];
  }

  private insideNode(from: ComponentBox, to: ComponentBox, host: HostBox): Point[] {
    const y = bottom(from) + 9 * host.k;
    return [{ x: cx(from), y: bottom(from) }, { x: cx(from), y }, { x: cx(to), y }, { x: cx(to), y: bottom(to) }];
  }

  private toBalancer(from: ComponentBox, to: ComponentBox): Point[] {
    const x = this.layout.gutters.clientX;
    const y = to.y + 16;
    return [{ x: right(from), y: cy(from) }, { x, y: cy(from) }, { x, y }, { x: right(to), y }];
  }

  /** Straight up, where the node's line stands under the load balancer; null: along the trunk. */
  private upToBalancer(from: ComponentBox, to: ComponentBox, host: HostBox): Point[] | null {
    const balancer = this.under(this.upright(host));
    if (!balancer) return null;
    const way = this.riser(from, host, bottom(to)).slice(0, -3);
    return [...way, { x: between(to.x + 8, this.upright(host), right(to) - 8), y: bottom(to) }];
  }

  /** From a chip into the gutter above it, and to where its node's line leaves the card. */
  private toRiser(box: ComponentBox, x: number, k: number): Point[] {
    if (x >= box.x && x <= right(box)) return [{ x, y: box.y }];
    return [{ x: cx(box), y: box.y }, { x: cx(box), y: box.y - 5 * k }, { x, y: box.y - 5 * k }];
  }

  private toOutside(from: ComponentBox, to: ComponentBox, host: HostBox): Point[] {
    const { imageY, gap, rowGap, firstRowY } = this.layout.gutters;
    const x = right(host) + gap / 2 - 2;
    const underY = bottom(from) + 9 * host.k;
    const startX = cx(from) + 10 * host.k;
    const start: Point[] = from.inTile
      ? [{ x: right(host), y: cy(host) }, { x, y: cy(host) }]
      : [{ x: startX, y: bottom(from) }, { x: startX, y: underY }, { x, y: underY }];
    const enter = Math.max(right(to) - 16, cx(to));
    const upY = host.y <= firstRowY + 1 ? imageY : host.y - rowGap / 2;
    return [
      ...start,
      { x, y: upY },
      ...(upY > imageY ? [{ x, y: imageY }] : []),
      { x: enter, y: imageY },
      { x: enter, y: bottom(to) },
    ];
  }
}
