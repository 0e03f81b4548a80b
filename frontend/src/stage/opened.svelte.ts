/**
 * What is opened on the stage: a component, a host or a Pod, whose inside is drawn in its place. Kept in the address
 * (`#/?open=component:cp-1/etcd`), so that it can be linked to. A host holds its components and its Pods: the way from
 * the cluster to what is opened is the trail of breadcrumbs.
 */
import { type Opened, route } from '../state/route.svelte';
import { theatre } from '../state/theatre.svelte';

export type { Opened };

const NODES = ['control-plane', 'etcd', 'worker'];

/** The way to what is opened, outermost first; empty: the whole cluster is looked at. */
export function pathTo(open: Opened | null): Opened[] {
  if (!open) return [];
  const host = hostOf(open);
  if (open.kind === 'host' || !host || !NODES.includes(theatre.table('host').get(`host/${host}`)?.role ?? '')) return [open];
  return [{ kind: 'host', id: host }, open];
}

function hostOf({ kind, id }: Opened): string | null {
  if (kind === 'host') return id;
  if (kind === 'component') return theatre.table('component').get(id)?.host ?? null;
  return theatre.table('pod').get(`pod/${id}`)?.node ?? null;
}

/** Whether it is there at the instant on the screen. */
export function exists({ kind, id }: Opened): boolean {
  if (kind === 'component') return theatre.table('component').has(id);
  return kind === 'host' ? theatre.table('host').has(`host/${id}`) : theatre.table('pod').has(`pod/${id}`);
}

export function open(what: Opened | null): void {
  route.set({ view: 'stage', choice: route.choice, open: what });
}

/** One level up; false where there is none. */
export function goUp(): boolean {
  if (!route.open) return false;
  open(pathTo(route.open).at(-2) ?? null);
  return true;
}

/** What the card under an event stands for. */
export function cardOf(target: EventTarget | null): Opened | null {
  const card = (target as Element | null)?.closest?.<HTMLElement>('[data-pod], [data-component], [data-host]');
  if (!card) return null;
  const { pod, component, host } = card.dataset;
  if (pod) return { kind: 'pod', id: pod };
  return component ? { kind: 'component', id: component } : { kind: 'host', id: host! };
}
