import { describe, expect, it } from 'vitest';
import { PaceLog } from './pacelog';

function log(): PaceLog {
  const pace = new PaceLog();
  pace.add({ from_ns: 0, to_ns: 1000, wall_ms: 100 });
  pace.add({ from_ns: 1000, to_ns: 1000, wall_ms: 50 });
  pace.add({ from_ns: 1000, to_ns: 1010, wall_ms: 100 });
  pace.add({ from_ns: 1010, to_ns: 5010, wall_ms: 40 });
  return pace;
}

describe('the past at its own pace', () => {
  it('goes forward as it was shown', () => {
    expect(log().walk(0, 50)).toBe(500);
    expect(log().walk(0, 150)).toBe(1005);
    expect(log().walk(1005, 70)).toBe(3010);
    expect(log().walk(4000, 1000)).toBe(5010);
  });

  it('goes backward through the same instants', () => {
    expect(log().walk(5010, -20)).toBe(3010);
    expect(log().walk(3010, -70)).toBe(1005);
    expect(log().walk(1005, -150)).toBe(0);
    expect(log().walk(500, -5000)).toBe(0);
  });

  it('returns to where it came from', () => {
    const pace = log();
    for (const from of [0, 3, 777, 1001, 1500]) expect(pace.walk(pace.walk(from, 33), -33)).toBeCloseTo(from, 6);
  });

  it('forgets what is long past and stops there', () => {
    const pace = log();
    pace.forget(1000);
    expect(pace.size).toBe(2);
    expect(pace.walk(1005, -500)).toBe(1000);
  });
});
