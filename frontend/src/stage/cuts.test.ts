import { describe, expect, it } from 'vitest';
import type { LinkRecord } from '../wire';
import { cutsOf, cutShare, riftsOf } from './cuts';
import { fitStage } from './layout';
import { placeAt } from './path';
import { Router } from './routes';
import { topology } from './topology.fixture';

const { hosts, components } = topology(3, 4);
const layout = fitStage(hosts, components, { w: 1420, h: 916 }, 'far');
const router = new Router(layout);
const link = (a: string, b: string, more: Partial<LinkRecord> = {}): LinkRecord => ({ type: 'link', id: `link/${a}|${b}`, a, b, cut: 'both', slow_ns: 0, drop: 0, ...more });
const parted = (one: string[], others: string[]) => one.flatMap((a) => others.map((b) => link(a, b)));

describe('hosts that are parted', () => {
  it('have one line around those on the smaller side, and no cross on each link', () => {
    const links = parted(['cp-1'], ['cp-2', 'cp-3']);
    const rifts = riftsOf(links, layout);
    expect(rifts.map(({ inside, outside }) => [inside, outside])).toEqual([[['cp-1'], ['cp-2', 'cp-3']]]);
    expect(cutsOf(links, layout, router, rifts)).toEqual([]);
  });

  it('side by side are inside one line', () => {
    const [rift] = riftsOf(parted(['worker-3', 'worker-4'], ['cp-1', 'cp-2', 'cp-3', 'lb', 'worker-1']), layout);
    expect(rift!.inside).toEqual(['worker-3', 'worker-4']);
    expect(rift!.boxes).toHaveLength(1);
  });

  it('in two ways at once have each line once', () => {
    const links = [...parted(['cp-1'], ['cp-2', 'cp-3']), ...parted(['worker-3', 'worker-4'], ['cp-1', 'cp-2', 'cp-3', 'lb', 'worker-1', 'worker-2'])];
    const ids = riftsOf(links, layout).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('cp-1');
    expect(ids).toContain('worker-3+worker-4');
  });

  it('are no group when only one link is cut, or only one way', () => {
    expect(riftsOf([link('cp-1', 'cp-2')], layout)).toEqual([]);
    expect(riftsOf([link('cp-1', 'cp-2', { cut: 'a-to-b' }), link('cp-1', 'cp-3', { cut: 'a-to-b' })], layout)).toEqual([]);
    expect(cutsOf([link('cp-1', 'cp-2', { cut: 'a-to-b' })], layout, router)[0]!.oneWay).toBe(0);
  });
});

it('a message ends where the line is', () => {
  const rifts = riftsOf(parted(['cp-1'], ['cp-2', 'cp-3']), layout);
  const route = router.route('cp-1/etcd', 'cp-2/etcd')!;
  const share = cutShare([], rifts, 'cp-1', 'cp-2', route);
  const host = layout.hosts.find(({ name }) => name === 'cp-1')!;
  expect(Math.abs(placeAt(route, share).x - host.x - host.w)).toBeLessThan(16);
});

it('a slow and a lossy link say how much', () => {
  const [slow] = cutsOf([link('lb', 'worker-1', { cut: 'no', slow_ns: 2e8, drop: 0.3 })], layout, router);
  expect(slow).toMatchObject({ cut: false, slowNs: 2e8, drop: 0.3 });
});
