/** Something fetched: the last answer stays while the next is under way, and only the newest question counts. */
import { ApiError } from '../state/api';

export class Loader<T> {
  value = $state.raw<T | null>(null);
  failed = $state('');
  loading = $state(false);
  private asked = 0;
  private key: unknown = null;

  /** Asks when the key differs; `keep` leaves the old answer in view meanwhile. */
  async ask(key: unknown, work: () => Promise<T>, keep = false): Promise<void> {
    if (key === this.key) return;
    this.key = key;
    const mine = (this.asked += 1);
    if (!keep) this.value = null;
    this.loading = true;
    try {
      const value = await work();
      if (mine === this.asked) {
        this.value = value;
        this.failed = '';
      }
    } catch (error) {
      if (mine === this.asked) this.failed = error instanceof ApiError && error.message ? error.message : '?';
    } finally {
      if (mine === this.asked) this.loading = false;
    }
  }
}
