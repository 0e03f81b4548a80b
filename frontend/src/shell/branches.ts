/** Branches: acting in the past makes one, a link or a file is opened as one. */
import { api } from '../state/api';
import { theatre } from '../state/theatre.svelte';
import { clockText } from '../text/format';
import { t } from '../text/index.svelte';
import type { BranchView } from '../wire';
import { toasts } from './toasts.svelte';

const LOOK_MS = 60;

/** The branch's name as it is said: the first one is called by a word of the page. */
export function branchName(branch: { id: string; name: string }): string {
  return branch.id === 'main' && branch.name === 'main' ? t('branch.main') : branch.name;
}

/** Leaves this branch at an instant of its past, and goes there. Rejects with an ApiError where that cannot be done. */
export async function fork(ns: number, name = ''): Promise<BranchView> {
  const made = await goWhenMade(await api.fork(Math.round(ns), name || t('branch.at', { time: clockText(ns).slice(0, 8) })));
  toasts.say(t('branch.forked', { name: branchName(made), time: clockText(ns).slice(0, 8) }), false);
  return made;
}

/** Opens a run from its link or file, and goes there. */
export async function open(text: string): Promise<BranchView> {
  const made = await goWhenMade(await api.open(text));
  if (made.same === false) toasts.say(t('branch.differs', { name: branchName(made) }), true);
  else toasts.say(t('branch.opened', { name: branchName(made), digest: made.digest }), false);
  return made;
}

async function goWhenMade(begun: BranchView): Promise<BranchView> {
  for (;;) {
    const branch = theatre.branches.find((item) => item.id === begun.id);
    if (branch?.state === 'failed') throw new Error(branch.message);
    if (branch?.state === 'ready') {
      theatre.goTo(branch.id);
      if (theatre.run?.branch === branch.id) return branch;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

let forking: Promise<BranchView> | null = null;

/** Whoever acts acts in the present: in the past, that is the beginning of a branch. It plays on after the act. */
export async function inThePresent<T>(act: () => Promise<T>): Promise<T> {
  if (theatre.live && !forking) return act();
  forking ??= fork(theatre.ns).finally(() => (forking = null));
  await forking;
  const done = act();
  await api.control({ action: 'play' });
  return done;
}
