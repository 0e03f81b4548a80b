import { fullName } from '../parts/names';
import { theatre } from '../state/theatre.svelte';
import { t } from '../text/index.svelte';
import type { Opened } from './opened.svelte';
import { shortPodName } from './pods';

/** What is opened, in words. */
export function nameOf({ kind, id }: Opened): string {
  if (kind === 'component') return fullName(id);
  if (kind === 'host') return id;
  const pod = theatre.table('pod').get(`pod/${id}`);
  if (!pod) return t('stage.aPod');
  const { app, suffix } = shortPodName(pod);
  return suffix ? `${app}-${suffix}` : app;
}
