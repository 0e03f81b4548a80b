/** True for a moment after something that was broken is whole again. Made in a component's script. */
import { untrack } from 'svelte';

const LASTS_MS = 1400;

export function healing(broken: () => boolean): { readonly now: boolean } {
  let now = $state(false);
  let was = untrack(broken);
  let timer: ReturnType<typeof setTimeout> | undefined;
  $effect(() => {
    const is = broken();
    if (was === is) return;
    was = is;
    clearTimeout(timer);
    now = !is;
    if (now) timer = setTimeout(() => (now = false), LASTS_MS);
  });
  $effect(() => () => clearTimeout(timer));
  return {
    get now() {
      return now;
    },
  };
}
