import { describe, expect, it } from 'vitest';
import type { PodRecord } from '../wire';
import { type Box, fitStage, layoutStage } from './layout';
import { placeAt, routeOf } from './path';
import { placePods, podLook, shortPodName } from './pods';
import { Router } from './routes';
import { topology } from './topology.fixture';
import { wiresOf } from './wires';

const ROOMS = [
  { w: 1077, h: 715 },
  { w: 1420, h: 916 },
];
const CASES = [1, 2, 3, 4, 5].flatMap((control) => [1, 4, 7, 12, 50].flatMap((workers) => [0, 1, 3, 5, 7].map((external) => ({ control, workers, external }))));
const DEPTHS = ['near', 'far'] as const;

const overlaps = (a: Box, b: Box) => a.x < b.x + b.w - 0.5 && b.x < a.x + a.w - 0.5 && a.y < b.y + b.h - 0.5 && b.y < a.y + a.h - 0.5;
const inside = (a: Box, b: Box) => a.x >= b.x - 0.5 && a.y >= b.y - 0.5 && a.x + a.w <= b.x + b.w + 0.5 && a.y + a.h <= b.y + b.h + 0.5;
const firstOverlap = (boxes: Box[]) => boxes.flatMap((box, i) => boxes.slice(i + 1).filter((other) => overlaps(box, other)).map((other) => [box, other]))[0];

describe.each(ROOMS)('in a room of $w by $h', (room) => {
  it.each(CASES)('$control control planes, $workers workers, $external etcd hosts: nothing overlaps and all is on the stage', (size) => {
    const { hosts, components } = topology(size.control, size.workers, size.external);
    for (const depth of DEPTHS) {
      const layout = fitStage(hosts, components, room, depth);
      const stage = { x: 0, y: 0, w: layout.width, h: layout.height };
      expect(layout.hosts).toHaveLength(hosts.length);
      expect(layout.hosts.filter((host) => !inside(host, stage))).toEqual([]);
      expect(firstOverlap([...layout.hosts, ...layout.trays])).toBeUndefined();
      const captions = layout.captions.map(({ x, y }) => ({ x, y, w: 76, h: 22 }));
      expect(captions.filter((caption) => layout.hosts.some((host) => overlaps(caption, host)))).toEqual([]);
      expect(layout.components.size).toBe(components.length);
      const boxOf = new Map(layout.hosts.map((host) => [host.name, host]));
      const cards = [...layout.components.values()];
      expect(cards.filter((box) => !inside(box, boxOf.get(box.host)!))).toEqual([]);
      expect(firstOverlap(cards.filter((box) => !box.inTile))).toBeUndefined();
      expect([...layout.podAreas].filter(([name, area]) => !inside(area, boxOf.get(name)!) || area.h / boxOf.get(name)!.k < 10)).toEqual([]);
    }
  });

  it('is shown at its full size for the usual clusters, and for the greatest of which it is asked', () => {
    for (const [control, workers, external] of [[1, 1, 0], [3, 4, 0], [3, 4, 3], [5, 4, 7], [5, 50, 0], [3, 50, 0]] as const) {
      const { hosts, components } = topology(control, workers, external);
      const layout = fitStage(hosts, components, room, 'far');
      const scale = Math.min(room.w / layout.width, room.h / layout.height);
      expect(scale, `${control} control planes, ${workers} workers, ${external} etcd hosts`).toBeGreaterThan(0.999);
    }
  });

  it('does not depend on the order in which it is told, nor on the turn', () => {
    const { hosts, components } = topology(3, 12, 3);
    const one = fitStage(hosts, components, room, 'near');
    const other = fitStage([...hosts].reverse(), [...components].reverse(), room, 'near');
    const sorted = (layout: typeof one) => [...layout.components.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(sorted(other)).toEqual(sorted(one));
    expect(fitStage(hosts, components, room, 'near')).toEqual(one);
  });

  it('draws workers far by their size on the screen, at the same places as near', () => {
    const { hosts, components } = topology(3, 50);
    const far = fitStage(hosts, components, room, 'far');
    const near = fitStage(hosts, components, room, 'near');
    expect(far.nearScale).toBeGreaterThan(1.5);
    expect(near.nearScale).toBe(far.nearScale);
    const places = (layout: typeof far) => layout.hosts.map(({ name, x, y, w, h }) => ({ name, x, y, w, h }));
    expect(places(near)).toEqual(places(far));
    const worker = near.hosts.find((host) => host.look === 'worker')!;
    expect((worker.w * near.nearScale) / (worker.k * near.nearScale)).toBeGreaterThan(227);
    expect(fitStage(...args(topology(3, 4)), room, 'far').nearScale).toBe(1);
  });

  it.each(CASES.filter(({ control, external }) => control !== 2 && control !== 4 && external !== 5))(
    '$control control planes, $workers workers, $external etcd hosts: every message has a way, from its sender to its receiver',
    (size) => {
      const { hosts, components } = topology(size.control, size.workers, size.external);
      const some = components.filter(({ host }) => !/worker-([3-9]|[1-4].)$/.test(host));
      for (const depth of DEPTHS) {
        const layout = fitStage(hosts, components, room, depth);
        const router = new Router(layout);
        const near = (box: Box, x: number, y: number) => x >= box.x - 1 && x <= box.x + box.w + 1 && y >= box.y - 1 && y <= box.y + box.h + 1;
        const wrong: string[] = [];
        for (const source of some) {
          for (const target of some) {
            const route = router.route(source.id, target.id);
            const [from, to] = [layout.components.get(source.id)!, layout.components.get(target.id)!];
            const none = source === target || (from.inTile && from.host === to.host);
            if (none !== (route === null)) wrong.push(`${source.id} to ${target.id}`);
            if (!route) continue;
            const ends = [placeAt(route, 0), placeAt(route, 1)];
            if (!near(from, ends[0]!.x, ends[0]!.y)) wrong.push(`${source.id} to ${target.id} begins elsewhere`);
            if (!near(to, ends[1]!.x, ends[1]!.y)) wrong.push(`${source.id} to ${target.id} ends elsewhere`);
            if (route.points.some(({ x, y }) => x < 0 || y < 0 || x > layout.width || y > layout.height)) wrong.push(`${source.id} to ${target.id} leaves the stage`);
          }
        }
        expect(wrong).toEqual([]);
      }
    },
  );

  it.each(CASES)('$control control planes, $workers workers, $external etcd hosts: no standing wire crosses a card or a word', (size) => {
    const { hosts, components } = topology(size.control, size.workers, size.external);
    for (const depth of DEPTHS) {
      const layout = fitStage(hosts, components, room, depth);
      const words: [string, Box][] = layout.captions.map(({ key, x, y }) => [key, { x, y: y + 2, w: key === 'controlPlane' ? 110 : 76, h: 18 }]);
      for (const box of layout.components.values()) if (!box.inTile) words.push([box.id, { x: box.x + 2, y: box.y + 2, w: box.w - 4, h: box.h - 4 }]);
      for (const box of layout.hosts) {
        if (box.look === 'tile') words.push([box.name, { x: box.x + 2, y: box.y + 2, w: box.w - 4, h: box.h - 4 }]);
        else if (['worker', 'control-plane', 'etcd'].includes(box.look)) words.push([box.name, { x: box.x + 12 * box.k, y: box.y + 10 * box.k, w: box.name.length * 9.6 * box.k, h: 20 * box.k }]);
      }
      const crossed = new Set<string>();
      for (const wire of wiresOf(layout, new Router(layout))) {
        for (let at = 0; at <= wire.route.length; at += 4) {
          const { x, y } = placeAt(wire.route, at / wire.route.length);
          for (const [name, box] of words) {
            if (x > box.x && x < box.x + box.w && y > box.y && y < box.y + box.h) crossed.add(`${wire.id} crosses ${name}`);
          }
        }
      }
      expect([...crossed].slice(0, 4).join()).toBe('');
    }
  });
});

function args({ hosts, components }: ReturnType<typeof topology>) {
  return [hosts, components] as const;
}

const pod = (i: number, node: string | null): PodRecord => ({
  type: 'pod', id: `pod/${i}`, uid: String(i), namespace: 'default', name: `web-5d9f8c7b6-${i}`, node, phase: 'Running', status: 'Running', ready: true,
  lost: false, terminating: false, ip: null, owner: 'ReplicaSet/web-5d9f8c7b6', containers: [], restarts: 0, created_ns: i, flow: 1, message: '', scheduler: 'default-scheduler', decision: null,
});

describe('Pods', () => {
  const { hosts, components } = topology(3, 4);
  const layout = layoutStage(hosts, components, ROOMS[0]!);
  const many = topology(3, 50);

  it.each([1, 4, 8, 20, 60])('%i on one node stand inside it, the larger the fewer, and what does not fit is counted', (count) => {
    const { places, hidden } = placePods(layout, Array.from({ length: count }, (_, i) => pod(i, 'worker-1')));
    const area = layout.podAreas.get('worker-1')!;
    for (const place of places) expect(inside(place, area)).toBe(true);
    expect(places.length + (hidden.get('worker-1') ?? 0)).toBe(count);
    if (count <= 4) expect(['huge', 'large']).toContain(places[0]!.size);
  });

  it('wait in the band while they have no node, off the risers', () => {
    const { places } = placePods(layout, [pod(1, null), pod(2, null)]);
    expect(places).toHaveLength(2);
    for (const place of places) {
      for (const riser of layout.risers.values()) expect(riser < place.x || riser > place.x + place.w).toBe(true);
      for (const host of layout.hosts) expect(overlaps(place, host)).toBe(false);
    }
  });

  it.each(DEPTHS)('of fifty nodes stand on them all, drawn %s', (depth) => {
    for (const room of ROOMS) {
      const stage = fitStage(many.hosts, many.components, room, depth);
      const pods = Array.from({ length: 500 }, (_, i) => pod(i, `worker-${1 + (i % 50)}`));
      const { places, tiles, hidden } = placePods(stage, pods);
      const dots = [...tiles.values()].flatMap((tile) => tile.dots);
      expect(places.length + dots.length).toBe(500);
      expect(hidden.size).toBe(0);
      const areas = [...stage.podAreas.values()];
      for (const { x, y } of dots) expect(areas.some((area) => inside({ x, y, w: 0, h: 0 }, area))).toBe(true);
      for (const [, tile] of tiles) expect(tile.pitch).toBeGreaterThanOrEqual(7.2);
    }
  });

  it('are called by their owner and the end of their name', () => {
    expect(shortPodName(pod(7, null))).toEqual({ app: 'web', suffix: '7' });
    expect(shortPodName({ name: 'etcd-cp-1', owner: null })).toEqual({ app: 'etcd-cp-1', suffix: '' });
  });

  it('look like what they are', () => {
    expect(podLook({ ...pod(1, 'n'), lost: true })).toBe('lost');
    expect(podLook({ ...pod(1, null), phase: 'Pending', status: 'Pending', ready: false })).toBe('pending');
    expect(podLook({ ...pod(1, 'n'), phase: 'Pending', status: 'ContainerCreating', ready: false })).toBe('starting');
    expect(podLook({ ...pod(1, 'n'), status: 'CrashLoopBackOff', ready: false })).toBe('failed');
    expect(podLook({ ...pod(1, 'n'), terminating: true })).toBe('terminating');
    expect(podLook(pod(1, 'n'))).toBe('running');
  });
});

it('a route goes evenly along its corners', () => {
  const route = routeOf([{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 100, y: 100 }]);
  expect(route.length).toBeGreaterThan(180);
  expect(route.length).toBeLessThan(200);
  expect(placeAt(route, 0.25).y).toBe(0);
  expect(placeAt(route, 0.9)).toMatchObject({ x: 100, angle: 90 });
});
