/** Another branch, as its recording tells of it: its records at the instant on the screen, and its time line. */
import { Recording } from '../../model/recording';
import { api } from '../../state/api';
import type { AnyRecord, Mark } from '../../wire';

const REFRESH_MS = 1500;

export class Other {
  records = $state.raw<readonly AnyRecord[]>([]);
  marks = $state.raw<readonly Mark[]>([]);
  /** The instant that `records` are of: the branch may not have come as far as the screen. */
  ns = $state(0);
  failed = $state('');
  private readonly recording: Recording;
  private busy = false;
  private readMs = 0;

  constructor(readonly branch: string) {
    this.recording = new Recording({ index: () => api.chapters(branch), chapter: (number) => api.chapter(number, branch) });
    this.recording.live.horizonNs = Infinity;
    this.recording.begin(0);
  }

  /** Looks at an instant, at most at the branch's own present. */
  async look(ns: number): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await this.read(ns);
    } catch (error) {
      this.failed = error instanceof Error ? error.message : String(error);
    }
    this.busy = false;
  }

  private async read(ns: number): Promise<void> {
    if (performance.now() - this.readMs > REFRESH_MS) {
      this.readMs = performance.now();
      this.marks = await api.marks(this.branch);
      this.recording.refresh();
    }
    await this.recording.fetch(ns, true);
    const segment = this.recording.find(ns, true) ?? this.recording.last();
    if (!segment) return;
    const at = Math.min(ns, segment.toNs);
    this.records = [...segment.timeline.all(at).values()];
    this.ns = at;
    this.failed = '';
  }
}
