/** Reads a long list from the server: the newest first of all, older and newer as one comes near the ends. */
import { ApiError } from '../../state/api';
import { begin, NOTHING, type Numbered, type Page, type Stretch, withNewer, withOlder } from './pages';

export type Place = { before?: number; after?: number; at_ns?: number };

export class Reader<R extends Numbered, P extends Page<R>> {
  held = $state.raw<Stretch<R>>(NOTHING);
  page = $state.raw<P | null>(null);
  failed = $state('');
  /** Newer rows are shown as they come. */
  following = $state(true);
  loading = $state(false);
  private asked = 0;
  private busy = false;

  constructor(private readonly fetch: (place: Place) => Promise<P>) {}

  /** Begins anew, at the end or at an instant. */
  async restart(place: Place = {}): Promise<void> {
    const mine = (this.asked += 1);
    this.loading = true;
    this.busy = false;
    await this.take(mine, place, (page) => begin(page));
    if (mine === this.asked) this.loading = false;
    // A filter that fits hardly anything finds nothing on its first pages: look on, so that one need not scroll for it.
    for (let i = 0; i < 12 && mine === this.asked && this.held.rows.length < 40 && this.held.older !== null; i += 1) await this.older();
  }

  async older(): Promise<void> {
    const { older } = this.held;
    if (older === null || this.busy) return;
    this.busy = true;
    await this.take(this.asked, { before: older }, (page) => withOlder(this.held, page));
    this.busy = false;
  }

  async newer(): Promise<void> {
    if (this.busy || this.page === null) return;
    this.busy = true;
    await this.take(this.asked, { after: this.held.newer }, (page) => withNewer(this.held, page));
    this.busy = false;
  }

  private async take(mine: number, place: Place, merge: (page: P) => Stretch<R>): Promise<void> {
    try {
      const page = await this.fetch(place);
      if (mine !== this.asked) return;
      this.held = merge(page);
      this.page = page;
      this.failed = '';
    } catch (error) {
      if (mine === this.asked) this.failed = error instanceof ApiError && error.message ? error.message : '?';
    }
  }
}
