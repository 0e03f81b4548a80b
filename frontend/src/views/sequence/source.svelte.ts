/** Fetches a flow's steps and reads on while it grows, twice a second at most. */
import { api, ApiError } from '../../state/api';
import type { FlowRecord } from '../../wire';
import { Sequence } from './model';

const PAUSE_MS = 500;

export class SequenceSource {
  value = $state.raw<Sequence | null>(null);
  failed = $state('');
  private key = '';
  private readNs = -1;
  private askedAt = -Infinity;
  private asking = false;
  private timer: ReturnType<typeof setTimeout> | null = null;

  /** Shows a flow of a run. `record`: the flow as it stands now; only what is newer than what was read is asked for. */
  show(run: string, flow: number, record: FlowRecord | undefined): void {
    const key = `${run} ${flow}`;
    if (key !== this.key) {
      this.stop();
      this.key = key;
      this.readNs = -1;
      this.askedAt = -Infinity;
      this.asking = false;
      this.value = new Sequence(flow);
      this.failed = '';
    } else if (record && record.last_ns <= this.readNs) return;
    this.timer ??= setTimeout(() => void this.ask(key, flow), Math.max(0, PAUSE_MS - (performance.now() - this.askedAt)));
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  private async ask(key: string, flow: number): Promise<void> {
    this.timer = null;
    if (this.asking) return;
    this.asking = true;
    this.askedAt = performance.now();
    try {
      for (let more = true; more; ) {
        const reply = await api.sequence(flow, this.value!.upto);
        if (key !== this.key) return;
        this.value = this.value!.with(reply);
        this.readNs = reply.flow.last_ns;
        this.failed = '';
        more = reply.more;
      }
    } catch (error) {
      if (key === this.key) this.failed = error instanceof ApiError && error.message ? error.message : '?';
    } finally {
      if (key === this.key) this.asking = false;
    }
  }
}
