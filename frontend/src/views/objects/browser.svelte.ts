/** The objects of the instant on the screen, asked of the server whenever something of them differs. */
import { ApiError, api } from '../../state/api';
import { theatre } from '../../state/theatre.svelte';
import type { ObjectList, ObjectRow } from '../../wire';

const APART_MS = 450;

export class ObjectBrowser {
  list = $state.raw<ObjectList | null>(null);
  failed = $state('');
  /** Where each uid was seen last: what is gone is still known by its name. */
  readonly seen = new Map<string, string>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastMs = -Infinity;
  private asked = 0;

  /** Runs in an effect: asks soon, and not more often than a person can see. */
  follow(): () => void {
    const wait = Math.max(0, APART_MS - (performance.now() - this.lastMs));
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.load();
    }, wait);
    return () => undefined;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.asked += 1;
  }

  find(id: string): ObjectRow | undefined {
    return this.list?.rows.find((row) => row.id === id);
  }

  private async load(): Promise<void> {
    this.lastMs = performance.now();
    const mine = (this.asked += 1);
    try {
      const list = await api.objects(Math.round(theatre.ns));
      if (mine !== this.asked) return;
      for (const row of list.rows) this.seen.set(row.uid, row.id);
      this.list = list;
      this.failed = '';
    } catch (error) {
      if (mine === this.asked) this.failed = error instanceof ApiError && error.message ? error.message : '?';
    }
  }
}
