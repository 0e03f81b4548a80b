import { expect, it } from 'vitest';
import type { ComponentRecord, HostRecord, LinkRecord } from '../wire';
import { brokenNow } from './broken';

const host = (name: string, more: Partial<HostRecord> = {}) =>
  ({ type: 'host', id: `host/${name}`, name, ip: '', role: 'worker', up: true, clock_skew_ns: 0, disk_slow_ns: 0, disk_full: false, order: 0, ...more }) as HostRecord;
const part = (id: string, state: ComponentRecord['state']) => ({ type: 'component', id, host: id.split('/')[0], name: id.split('/')[1], state }) as ComponentRecord;
const link = (a: string, b: string, more: Partial<LinkRecord> = {}) => ({ type: 'link', id: `link/${a}|${b}`, a, b, cut: 'no', slow_ns: 0, drop: 0, ...more }) as LinkRecord;

it('names each trouble and what undoes it', () => {
  const found = brokenNow(
    [host('a', { up: false }), host('b', { clock_skew_ns: 5e9, disk_full: true }), host('c', { disk_slow_ns: 1e6 })],
    [part('a/kubelet', 'stopped'), part('b/etcd', 'crashed'), part('c/etcd', 'hung')],
    [link('a', 'b', { cut: 'both' }), link('a', 'c', { cut: 'b-to-a' }), link('b', 'c', { slow_ns: 7 }), link('b', 'd', { drop: 0.2 })],
  );
  expect(found.map((item) => [item.trouble, item.subject, item.undo.fault])).toEqual([
    ['host-down', 'a', 'restart-host'],
    ['skew', 'b', 'skew-clock'],
    ['disk-full', 'b', 'heal-disk'],
    ['disk-slow', 'c', 'heal-disk'],
    ['crashed', 'b/etcd', 'restart-process'],
    ['hung', 'c/etcd', 'resume-process'],
    ['cut', 'a|b', 'heal-link'],
    ['one-way', 'c|a', 'heal-link'],
    ['slow', 'b|c', 'heal-link'],
    ['lossy', 'b|d', 'heal-link'],
  ]);
});

it('tells a split as one', () => {
  const links = ['b', 'c', 'd', 'e', 'f'].map((peer) => link('a', peer, { cut: 'both' }));
  const found = brokenNow([], [], [...links, link('x', 'y', { slow_ns: 1 })]);
  expect(found.map((item) => [item.trouble, item.amount])).toEqual([['split', 5], ['slow', 1]]);
});
