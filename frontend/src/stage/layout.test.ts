import { describe, expect, it } from 'vitest';
import type { PodRecord } from '../wire';
import { type Box, layoutStage } from './layout';
import { placeAt, routeOf } from './path';
import { placePods, podLook, shortPodName } from './pods';
import { Router } from './routes';
import { topology } from './topology.fixture';
import { wiresOf } from './wires';

const ROOMS = [
  { w: 1083, h: 725 },
  { w: 1420, h: 916 },
];
const CASES = [1, 2, 3, 5].flatMap((control) => [1, 4, 12].flatMap((workers) => [0, 3, 5].map((external) => ({ control, workers, external }))));

const overlaps = (a: Box, b: Box) => a.x < b.x + b.w - 0.5 && b.x < a.x + a.w - 0.5 && a.y < b.y + b.h - 0.5 && b.y < a.y + a.h - 0.5;
const inside = (a: Box, b: Box) => a.x >= b.x - 0.5 && a.y >= b.y - 0.5 && a.x + a.w <= b.x + b.w + 0.5 && a.y + a.h <= b.y + b.h + 0.5;

describe.each(ROOMS)('in a room of $w by $h', (room) => {
  it.each(CASES)('$control control planes, $workers workers, $external etcd hosts: nothing overlaps and all is on the stage', (size) => {
    const { hosts, components } = topology(size.control, size.workers, size.external);
    const layout = layoutStage(hosts, components, room);
    const stage = { x: 0, y: 0, w: layout.width, h: layout.height };
    expect(layout.hosts).toHaveLength(hosts.length);
    layout.hosts.forEach((host, i) => {
      expect(inside(host, stage), `${host.name} on the stage`).toBe(true);
      for (const other of layout.hosts.slice(i + 1)) expect(overlaps(host, other), `${host.name} over ${other.name}`).toBe(false);
    });
    for (const component of components) {
      const box = layout.components.get(component.id)!;
      const host = layout.hosts.find((item) => item.name === component.host)!;
      expect(inside(box, host), `${component.id} in its host`).toBe(true);
      for (const other of layout.components.values()) {
        if (other.id !== box.id) expect(overlaps(box, other), `${box.id} over ${other.id}`).toBe(false);
      }
    }
  });

  it.each(CASES)('$control control planes, $workers workers, $external etcd hosts: every message has a way, from its sender to its receiver', (size) => {
    const { hosts, components } = topology(size.control, size.workers, size.external);
    const layout = layoutStage(hosts, components, room);
    const router = new Router(layout);
    for (const source of components) {
      for (const target of components) {
        const route = router.route(source.id, target.id);
        if (source === target) {
          expect(route).toBeNull();
          continue;
        }
        const near = (box: Box, x: number, y: number) => x >= box.x - 1 && x <= box.x + box.w + 1 && y >= box.y - 1 && y <= box.y + box.h + 1;
        const [from, to] = [layout.components.get(source.id)!, layout.components.get(target.id)!];
        const ends = [placeAt(route!, 0), placeAt(route!, 1)];
        expect(near(from, ends[0]!.x, ends[0]!.y), `${source.id} to ${target.id} begins`).toBe(true);
        expect(near(to, ends[1]!.x, ends[1]!.y), `${source.id} to ${target.id} ends`).toBe(true);
      }
    }
    expect(wiresOf(layout, router).length).toBeGreaterThan(components.length / 2);
  });

  it('lets no standing wire cross a component', () => {
    const { hosts, components } = topology(3, 4);
    const layout = layoutStage(hosts, components, room);
    for (const wire of wiresOf(layout, new Router(layout))) {
      for (let u = 0; u <= 1; u += 0.02) {
        const { x, y } = placeAt(wire.route, u);
        for (const box of layout.components.values()) {
          const within = x > box.x + 2 && x < box.x + box.w - 2 && y > box.y + 2 && y < box.y + box.h - 2;
          expect(within, `${wire.id} crosses ${box.id} at ${u}`).toBe(false);
        }
      }
    }
  });
});

const pod = (i: number, node: string | null): PodRecord => ({
  type: 'pod', id: `pod/${i}`, uid: String(i), namespace: 'default', name: `web-5d9f8c7b6-${i}`, node, phase: 'Running', status: 'Running', ready: true,
  lost: false, terminating: false, ip: null, owner: 'ReplicaSet/web-5d9f8c7b6', containers: [], restarts: 0, created_ns: i, flow: 1, message: '', decision: null,
});

describe('Pods', () => {
  const { hosts, components } = topology(3, 4);
  const layout = layoutStage(hosts, components, ROOMS[0]!);

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
