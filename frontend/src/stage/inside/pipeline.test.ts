import { describe, expect, it } from 'vitest';
import { answerRows, cellsOf, laneOrder, placeOf, type RequestPart } from './pipeline';

const BASE: RequestPart = {
  kind: 'request',
  event: 1,
  verb: 'create',
  resource: 'pods',
  namespace: 'default',
  name: '',
  user: 'kubernetes-admin',
  started_ns: 100,
  decided_ns: null,
  stages: [],
  code: null,
  reason: '',
  ended_ns: null,
};
const said = (stage: string, verdict: 'allow' | 'deny' | 'changed' | 'pass', reason = '') => ({ stage, verdict, reason });
const READ = [said('TLS', 'pass'), said('authentication', 'allow'), said('authorization', 'allow'), said('storage', 'pass')];

describe('a request in the chain', () => {
  it('stands at the first stage until the chain has spoken', () => {
    expect(placeOf(BASE)).toBe(0);
    expect(cellsOf(BASE).map((cell) => cell.mark)).toEqual(['here', 'ahead', 'ahead', 'ahead', 'ahead', 'ahead', 'ahead']);
  });

  it('waits at the store, and a read has skipped admission', () => {
    const request = { ...BASE, decided_ns: 200, stages: READ };
    expect(placeOf(request)).toBe(6);
    expect(cellsOf(request).map((cell) => cell.mark)).toEqual(['pass', 'allow', 'allow', 'skipped', 'skipped', 'skipped', 'here']);
  });

  it('is on its way back when it is answered', () => {
    const request = { ...BASE, decided_ns: 200, stages: READ, code: 200, ended_ns: 300 };
    expect(placeOf(request)).toBe(7);
    expect(cellsOf(request).at(-1)!.mark).toBe('pass');
  });

  it('a refusal while decoding is told where the body is first looked at', () => {
    const stages = [...READ.slice(0, 3), said('decoding', 'deny', 'unknown field "x"')];
    const cells = cellsOf({ ...BASE, decided_ns: 200, stages, code: 400, ended_ns: 200 });
    expect(cells.find((cell) => cell.mark === 'deny')).toMatchObject({ stage: 'mutating admission', reason: 'unknown field "x"' });
    expect(cells.at(-1)!.mark).toBe('skipped');
  });
});

it('what is not answered stands above, the newest first', () => {
  const at = (started_ns: number, code: number | null) => ({ ...BASE, started_ns, code });
  const order = [at(1, 200), at(2, null), at(3, 201), at(0, null)].sort(laneOrder).map((request) => request.started_ns);
  expect(order).toEqual([2, 0, 3, 1]);
});

it('answers are summed up by verb', () => {
  const rows = answerRows({
    kind: 'answers',
    counts: [
      { verb: 'get', code: 200, count: 3 },
      { verb: 'get', code: 404, count: 1 },
      { verb: 'create', code: 201, count: 9 },
    ],
  });
  expect(rows.map(({ verb, total }) => [verb, total])).toEqual([
    ['create', 9],
    ['get', 4],
  ]);
});
