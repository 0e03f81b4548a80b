import { describe, expect, it } from 'vitest';
import { Playback } from './playback';

const play = (playback: Playback, frames: number, ms = 16) => {
  for (let i = 0; i < frames; i += 1) playback.advance(ms);
};

describe('the playback clock', () => {
  it('plays each stretch in its wall time and stops at its end', () => {
    const playback = new Playback();
    playback.reset(1000);
    playback.push({ from_ns: 1000, to_ns: 3000, wall_ms: 100 });
    play(playback, 3);
    expect(playback.displayNs).toBeGreaterThan(1000);
    expect(playback.displayNs).toBeLessThan(3000);
    play(playback, 20);
    expect(playback.displayNs).toBe(3000);
  });

  it('never goes beyond what the server has told, nor backwards', () => {
    const playback = new Playback();
    playback.reset(0);
    let last = 0;
    for (let i = 0; i < 200; i += 1) {
      if (i % 2 === 0) playback.push({ from_ns: (i / 2) * 10, to_ns: (i / 2 + 1) * 10, wall_ms: 33 });
      const now = playback.advance(16);
      expect(now).toBeGreaterThanOrEqual(last);
      expect(now).toBeLessThanOrEqual((Math.floor(i / 2) + 1) * 10);
      last = now;
    }
  });

  it('stays within sixty milliseconds of a steady stream', () => {
    const playback = new Playback();
    playback.reset(0);
    for (let i = 0; i < 300; i += 1) {
      if (i % 2 === 0) playback.push({ from_ns: i, to_ns: i + 2, wall_ms: 32 });
      playback.advance(16);
      expect(playback.backlogMs).toBeLessThanOrEqual(60);
    }
  });

  it('jumps to the present when it comes back from far behind', () => {
    const playback = new Playback();
    playback.reset(0);
    for (let i = 0; i < 400; i += 1) playback.push({ from_ns: i, to_ns: i + 1, wall_ms: 33 });
    playback.advance(16);
    expect(playback.backlogMs).toBeLessThan(200);
    expect(playback.displayNs).toBeGreaterThan(380);
  });

  it('stands at the instant that is scrubbed to while the present goes on', () => {
    const playback = new Playback();
    playback.reset(1000);
    playback.scrubTo(400);
    playback.push({ from_ns: 1000, to_ns: 2000, wall_ms: 50 });
    play(playback, 10);
    expect(playback.displayNs).toBe(400);
    expect(playback.presentNs).toBe(2000);
    playback.backToLive();
    expect(playback.displayNs).toBe(2000);
  });

  it('plays out what is left when paused', () => {
    const playback = new Playback();
    playback.reset(0);
    playback.paused = true;
    playback.push({ from_ns: 0, to_ns: 100, wall_ms: 30 });
    play(playback, 2);
    expect(playback.displayNs).toBe(100);
  });
});

describe('the past', () => {
  const walking = () => {
    const playback = new Playback();
    playback.walk = (ns, wallMs) => ns + wallMs * 10;
    playback.reset(10_000);
    playback.scrubTo(5_000);
    return playback;
  };

  it('goes forward and backward through the recording', () => {
    const playback = walking();
    playback.play(1);
    expect(playback.advance(16)).toBe(5_160);
    playback.play(-1);
    expect(playback.advance(32)).toBe(4_840);
    expect(playback.live).toBe(false);
  });

  it('becomes the present where it meets it', () => {
    const playback = walking();
    playback.play(1);
    for (let i = 0; i < 40; i += 1) playback.advance(16);
    expect(playback.live).toBe(true);
    expect(playback.displayNs).toBe(10_000);
  });

  it('can be gone back into from the present', () => {
    const playback = walking();
    playback.backToLive();
    playback.play(-1);
    playback.advance(10);
    expect(playback.displayNs).toBe(9_900);
  });
});
