/** What to watch when something is broken: one sentence a fault and a part of the cluster. */
import { theatre } from '../state/theatre.svelte';
import { t, tryText } from '../text/index.svelte';
import type { FaultRequest } from '../wire';

/** The sentence; empty for what mends. */
export function watchText(request: FaultRequest): string {
  const { fault } = request;
  if (/^(restart|resume|heal)-/.test(fault)) return '';
  if (fault.endsWith('-process')) return ofProcess(fault, request.component ?? '');
  if (fault === 'partition') return t('watch.partition');
  if (request.host && fault.endsWith('-host')) return tryText(`watch.crash-host.${roleOf(request.host)}`, t('watch.crash-host'));
  if (fault === 'cut-link' && request.one_way) return t('watch.cut-link.one-way');
  const etcd = request.host !== undefined && request.host !== null && holdsEtcd(request.host);
  return tryText(etcd ? `watch.${fault}.etcd` : `watch.${fault}`, tryText(`watch.${fault}`, ''));
}

function ofProcess(fault: string, component: string): string {
  const name = theatre.table('component').get(component)?.name ?? '';
  if (fault === 'hang-process') return tryText(`watch.hang-process.${name}`, t('watch.hang-process'));
  return tryText(`watch.crash-process.${name}`, t('watch.crash-process'));
}

function roleOf(host: string): string {
  return theatre.table('host').get(`host/${host}`)?.role ?? '';
}

function holdsEtcd(host: string): boolean {
  return theatre.table('component').has(`${host}/etcd`);
}
