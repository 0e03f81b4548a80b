/** The terminals of this page: they live on while another view is looked at. */
import { Shell } from './shell.svelte';

const MOST = 6;

class Shells {
  list = $state.raw<readonly Shell[]>([]);
  current = $state.raw<Shell | null>(null);
  private count = 0;

  get full(): boolean {
    return this.list.length >= MOST;
  }

  /** The one that is looked at; the first, if there is none yet. */
  ensure(): Shell {
    return this.current ?? this.add();
  }

  add(): Shell {
    this.count += 1;
    const shell = new Shell(this.count);
    this.list = [...this.list, shell];
    this.current = shell;
    return shell;
  }

  choose(shell: Shell): void {
    this.current = shell;
  }

  close(shell: Shell): void {
    const place = this.list.indexOf(shell);
    this.list = this.list.filter((one) => one !== shell);
    shell.dispose();
    if (this.current === shell) this.current = this.list[Math.max(0, place - 1)] ?? null;
    this.ensure();
  }
}

export const shells = new Shells();
