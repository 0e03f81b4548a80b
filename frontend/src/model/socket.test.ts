import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServerFrame } from '../wire';
import { type ConnectionState, FrameSocket } from './socket';

class FakeSocket {
  static made: FakeSocket[] = [];
  sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  constructor() {
    FakeSocket.made.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.onclose?.();
  }
}

function connect() {
  const states: ConnectionState[] = [];
  const frames: ServerFrame[] = [];
  let seq: number | null = null;
  const socket = new FrameSocket(
    'ws://x/ws',
    { hello: () => ({ type: 'hello', run: 'r', seq }), frame: (frame) => { frames.push(frame); seq = frame.seq; }, state: (s) => states.push(s) },
    () => new FakeSocket() as unknown as WebSocket,
  );
  socket.open();
  return { socket, states, frames };
}

describe('the websocket', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    FakeSocket.made = [];
  });
  afterEach(() => vi.useRealTimers());

  it('says where it left off when it comes back', () => {
    const { states, frames } = connect();
    FakeSocket.made[0]!.onopen!();
    expect(JSON.parse(FakeSocket.made[0]!.sent[0]!)).toEqual({ type: 'hello', run: 'r', seq: null });
    FakeSocket.made[0]!.onmessage!({ data: JSON.stringify({ type: 'batch', seq: 7 }) });
    FakeSocket.made[0]!.onclose!();
    expect(states).toEqual(['open', 'lost']);
    vi.advanceTimersByTime(300);
    FakeSocket.made[1]!.onopen!();
    expect(JSON.parse(FakeSocket.made[1]!.sent[0]!)).toMatchObject({ seq: 7 });
    expect(frames).toHaveLength(1);
  });

  it('tries again with growing patience', () => {
    connect();
    for (const wait of [250, 500, 1000, 2000, 4000, 4000]) {
      const before = FakeSocket.made.length;
      FakeSocket.made.at(-1)!.onclose!();
      vi.advanceTimersByTime(wait - 1);
      expect(FakeSocket.made).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(FakeSocket.made).toHaveLength(before + 1);
    }
  });

  it('stays closed when it is closed', () => {
    const { socket } = connect();
    socket.close();
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.made).toHaveLength(1);
  });
});
