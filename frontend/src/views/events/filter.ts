/** What of everything that happened is wanted. */
import type { Choice } from '../../state/route.svelte';
import type { Asked } from '../../state/api';
import type { Protocol } from '../../wire';

export interface Filter {
  protocols: Protocol[];
  type: string;
  component: string;
  object: string;
  flow: number | null;
  text: string;
  fromNs: number | null;
  toNs: number | null;
  quiet: boolean;
}

export const ALL: Filter = { protocols: [], type: '', component: '', object: '', flow: null, text: '', fromNs: null, toNs: null, quiet: false };

export function queryOf(filter: Filter): Asked {
  return {
    protocol: filter.protocols,
    type: filter.type === '' ? [] : [filter.type],
    component: filter.component,
    object: filter.object.trim(),
    flow: filter.flow,
    text: filter.text.trim(),
    from_ns: filter.fromNs === null ? null : Math.round(filter.fromNs),
    to_ns: filter.toNs === null ? null : Math.round(filter.toNs),
    quiet: filter.quiet,
  };
}

export function isNarrow(filter: Filter): boolean {
  return JSON.stringify({ ...filter, quiet: false }) !== JSON.stringify({ ...ALL, quiet: false });
}

/** The filter that shows what has to do with what is chosen; null where that cannot be asked. */
export function about(choice: Choice | null, nameOfPod: (uid: string) => string | undefined): Partial<Filter> | null {
  if (choice === null) return null;
  if (choice.kind === 'flow') return { flow: choice.id };
  if (choice.kind === 'component' || choice.kind === 'host') return { component: choice.id };
  if (choice.kind === 'object') return { object: choice.id.split('/').at(-1) ?? '' };
  if (choice.kind === 'pod') {
    const name = nameOfPod(choice.id);
    return name ? { object: name } : null;
  }
  return null;
}
