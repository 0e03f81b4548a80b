/** The websocket: says where the browser left off, goes on from there, and tries again with growing patience. */
import type { Hello, ServerFrame } from '../wire';

export type ConnectionState = 'connecting' | 'open' | 'lost';

export interface SocketHooks {
  hello: () => Hello;
  frame: (frame: ServerFrame) => void;
  state: (state: ConnectionState) => void;
}

const FIRST_DELAY_MS = 250;
const LAST_DELAY_MS = 4000;

export class FrameSocket {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private delayMs = FIRST_DELAY_MS;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly hooks: SocketHooks,
    private readonly make: (url: string) => WebSocket = (address) => new WebSocket(address),
  ) {}

  open(): void {
    this.closed = false;
    const socket = this.make(this.url);
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify(this.hooks.hello()));
    socket.onmessage = (event: MessageEvent<string>) => {
      if (socket !== this.socket) return;
      this.delayMs = FIRST_DELAY_MS;
      this.hooks.state('open');
      this.hooks.frame(JSON.parse(event.data) as ServerFrame);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.later();
    };
  }

  /** Breaks the line and starts over: for a gap in the sequence. */
  restart(): void {
    const old = this.socket;
    this.socket = null;
    old?.close();
    this.open();
  }

  close(): void {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    const old = this.socket;
    this.socket = null;
    old?.close();
  }

  private later(): void {
    this.socket = null;
    if (this.closed) return;
    this.hooks.state('lost');
    this.timer = setTimeout(() => this.open(), this.delayMs);
    this.delayMs = Math.min(LAST_DELAY_MS, this.delayMs * 2);
  }
}
