import { describe, expect, it } from 'vitest';
import { about, ALL, isNarrow, queryOf } from './filter';

describe('the filter of events', () => {
  it('asks only for what is set', () => {
    expect(queryOf({ ...ALL, protocols: ['etcd'], type: 'VoteCast', fromNs: 1.6, text: ' web ' })).toEqual({
      protocol: ['etcd'], type: ['VoteCast'], component: '', object: '', flow: null, text: 'web', from_ns: 2, to_ns: null, quiet: false,
    });
  });

  it('is narrow when anything but heartbeats is said', () => {
    expect(isNarrow(ALL)).toBe(false);
    expect(isNarrow({ ...ALL, quiet: true })).toBe(false);
    expect(isNarrow({ ...ALL, flow: 7 })).toBe(true);
  });

  it('can be about what is chosen', () => {
    const pod = (uid: string) => (uid === 'u1' ? 'web-1' : undefined);
    expect(about({ kind: 'flow', id: 9 }, pod)).toEqual({ flow: 9 });
    expect(about({ kind: 'host', id: 'cp-1' }, pod)).toEqual({ component: 'cp-1' });
    expect(about({ kind: 'object', id: 'object/services/default/web' }, pod)).toEqual({ object: 'web' });
    expect(about({ kind: 'pod', id: 'u1' }, pod)).toEqual({ object: 'web-1' });
    expect(about({ kind: 'pod', id: 'gone' }, pod)).toBeNull();
    expect(about({ kind: 'decision', id: 'd' }, pod)).toBeNull();
  });
});
