import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from './route.svelte';

describe('the address', () => {
  it.each([
    '#/',
    '#/raft',
    '#/?message=12',
    '#/?component=cp-1/etcd',
    '#/?open=component:cp-1/etcd',
    '#/?open=pod:6f1c-22&host=worker-1',
  ])('%s says what it was made from', (hash) => expect(formatAddress(parseAddress(hash))).toBe(hash));

  it('reads what is opened, however it is escaped', () => {
    expect(parseAddress('#/?open=host%3Aworker-2').open).toEqual({ kind: 'host', id: 'worker-2' });
  });

  it('is the stage where it is not understood', () => {
    expect(parseAddress('#/nowhere?open=planet:mars')).toEqual({ view: 'stage', choice: null, open: null });
  });
});
