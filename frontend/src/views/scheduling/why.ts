/** Refusals, remedies and waiting in words. */
import { theatre } from '../../state/theatre.svelte';
import { allOf } from '../../text/clauses';
import { t, tryText, type TextArgs } from '../../text/index.svelte';
import { clockText } from '../../text/format';
import type { DecisionRecord, PodRecord, QueueRecord, Remedy, WaitingPod, WayIn } from '../../wire';

export const shortPod = (pod: string) => pod.replace(/^default\//, '');

/** One clause a remedy; labels that are missing are told together. */
function clauses(remedies: readonly Remedy[]): string {
  const labels = remedies.filter((remedy) => remedy.kind === 'label').map(({ arguments: args }) => `${args['key']}=${args['value']}`);
  const told = remedies.filter((remedy, i) => remedy.kind !== 'label' || i === remedies.findIndex((each) => each.kind === 'label'));
  return allOf(told.map((remedy) => clause(remedy, labels.join(', '))));
}

function clause(remedy: Remedy, labels: string): string {
  const args: TextArgs = { ...remedy.arguments, labels };
  if (remedy.kind === 'pods-leave') args['pods'] = String(remedy.arguments['pods']).split(', ').map(shortPod).join(', ');
  return t(`remedy.${remedy.kind}`, args);
}

/** "would fit if it asked for 500m less cpu". */
export function remedyText(remedies: readonly Remedy[]): string {
  return remedies.length > 0 ? t('why.fits', { clauses: clauses(remedies) }) : '';
}

/** The sentence for the whole Pod. */
export function wayInText(way: WayIn): string {
  const args = { node: way.node, clauses: clauses(way.remedies), nodes: way.nodes };
  if (!way.node) return t('why.wayIn.anywhere', args);
  return t(way.nodes > 1 ? 'why.wayIn.many' : 'why.wayIn', args);
}

/** A cluster event by Kubernetes' name, in words. */
export function eventText(event: string): string {
  return tryText(`wake.${event.replace('/', '-')}`, event);
}

/** What may change the mind of those who refused, each once. */
export function wakersOf(refusedBy: readonly string[], scheduler: string): string[] {
  const record = theatre.table('scheduler').get(`scheduler/${scheduler}`);
  const events = (record?.hints ?? []).filter((hints) => refusedBy.includes(hints.plugin)).flatMap((hints) => hints.events);
  return [...new Set(events)];
}

export function leadersQueue(): QueueRecord | undefined {
  return [...theatre.table('queue').values()].find((queue) => theatre.table('component').get(queue.component)?.leader);
}

export interface Waits {
  text: string;
  pod: WaitingPod | null;
  scheduler: string;
}

/** Why a Pod without a node waits, as the queue has it; null where nothing is known of its waiting. */
export function waitingOf(pod: PodRecord): Waits | null {
  if (pod.node !== null || pod.phase !== 'Pending') return null;
  const profiles = [...theatre.table('scheduler').values()].map((scheduler) => scheduler.profile);
  if (profiles.length > 0 && !profiles.includes(pod.scheduler)) return { text: t('why.no-scheduler', { scheduler: pod.scheduler }), pod: null, scheduler: '' };
  const queue = leadersQueue();
  if (!queue) return { text: t('why.no-leader'), pod: null, scheduler: '' };
  const said = (text: string, found: WaitingPod | null) => ({ text, pod: found, scheduler: queue.component });
  if (queue.in_hand?.uid === pod.uid) return said(t('why.inHand'), null);
  const place = queue.active.findIndex((each) => each.uid === pod.uid);
  if (place >= 0) return said(t('why.queued', { place: place + 1, count: queue.counts[0]! }), null);
  const backing = queue.backoff.find((each) => each.uid === pod.uid);
  if (backing) return said(t('why.backoff', { attempts: backing.attempts, time: clockText(backing.due_ns) }), null);
  const stuck = queue.unschedulable.find((each) => each.uid === pod.uid);
  if (stuck) return said(t('why.unschedulable', { attempts: stuck.attempts, plugins: stuck.refused_by.join(', ') }), stuck);
  return null;
}

/** The queue's entry of the decision's Pod while it waits as unschedulable. */
export function stuckEntry(decision: DecisionRecord): WaitingPod | undefined {
  return theatre.table('queue').get(`queue/${decision.scheduler}`)?.unschedulable.find((each) => each.uid === decision.pod_uid);
}
