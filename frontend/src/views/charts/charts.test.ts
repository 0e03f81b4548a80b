import { describe, expect, it } from 'vitest';
import type { MetricsReply } from '../../wire';
import { around, axisTime, CHARTS, following, linesOf, timesOf, valueAt, zoomed } from './charts';

const reply: MetricsReply = {
  step_s: 10,
  t_s: [0, 10, 20],
  series: {
    'verb/get': [1, 1, 1], 'verb/list': [5, 5, 5], 'pods/Running': [1, null, 3], 'pods/Failed': [1, 1, 1], 'pods/Pending': [0, 0, 0],
    ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`work/c${i}`, [i, i, i]])),
  },
};
const plan = (id: string) => CHARTS.find((chart) => chart.id === id)!;

describe('a chart', () => {
  it('shows its series, the larger first where there are many', () => {
    expect(linesOf(plan('verbs'), reply).map((line) => line.name)).toEqual(['verb/list', 'verb/get']);
    expect(linesOf(plan('pods'), reply).map((line) => line.name)).toEqual(['pods/Running', 'pods/Pending', 'pods/Failed']);
    expect(linesOf(plan('work'), reply).map((line) => line.name)).toEqual(['work/c11', 'work/c10', 'work/c9', 'work/c8', 'work/c7', 'work/c6', 'work/c5', 'work/c4']);
    expect(linesOf(plan('commits'), reply)[0]!.values).toEqual([null, null, null]);
  });

  it('puts a rate in the middle of its step and a state at its end', () => {
    expect(timesOf(plan('verbs'), reply)).toEqual([5, 15, 25]);
    expect(timesOf(plan('pods'), reply)).toEqual([10, 20, 30]);
  });

  it('tells the value under the cursor, or the last that is known', () => {
    const line = { name: 'x', values: [1, null, 3, null] };
    expect(valueAt(line, 0)).toBe(1);
    expect(valueAt(line, 1)).toBeNull();
    expect(valueAt(line, null)).toBe(3);
  });
});

describe('the stretch of time', () => {
  const minute = 60e9;

  it('follows the present, and is never empty', () => {
    expect(following(10 * minute, 5 * minute)).toEqual({ fromNs: 5 * minute, toNs: 10 * minute });
    expect(following(2 * minute, 5 * minute)).toEqual({ fromNs: 0, toNs: 2 * minute });
    expect(following(0, null)).toEqual({ fromNs: 0, toNs: 10e9 });
  });

  it('stays where it is while a past instant is inside it, and moves with it otherwise', () => {
    const held = around(null, 20 * minute, 60 * minute, 5 * minute);
    expect(held.fromNs).toBeLessThan(20 * minute);
    expect(held.toNs).toBeGreaterThan(20 * minute);
    expect(around(held, 21 * minute, 60 * minute, 5 * minute)).toBe(held);
    const moved = around(held, 40 * minute, 60 * minute, 5 * minute);
    expect(moved.fromNs).toBeLessThan(40 * minute);
    expect(moved.toNs).toBeGreaterThan(40 * minute);
    expect(around(null, 0, 60 * minute, 5 * minute).fromNs).toBe(0);
  });

  it('zooms around its middle and never before the beginning', () => {
    expect(zoomed({ fromNs: 100e9, toNs: 200e9 }, 0.5)).toEqual({ fromNs: 125e9, toNs: 175e9 });
    expect(zoomed({ fromNs: 10e9, toNs: 50e9 }, 4)).toEqual({ fromNs: 0, toNs: 160e9 });
    expect(zoomed({ fromNs: 100e9, toNs: 200e9 }, 1, 0.5)).toEqual({ fromNs: 150e9, toNs: 250e9 });
  });
});

it('writes times as the clock does', () => {
  expect([axisTime(5), axisTime(65), axisTime(3725)]).toEqual(['0:05', '1:05', '1:02:05']);
});
