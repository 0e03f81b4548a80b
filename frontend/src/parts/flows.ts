/** A flow's title in the language of the page. What was typed at a terminal is a title as it stands. */
import { tryText } from '../text/index.svelte';
import type { FlowRecord } from '../wire';
import { subjectName } from './names';

export function flowTitle(flow: Pick<FlowRecord, 'title' | 'what' | 'arguments'>): string {
  if (flow.what === '') return flow.title;
  const args = Object.fromEntries(Object.entries(flow.arguments).map(([name, value]) => [name, typeof value === 'string' ? subjectName(value) : value]));
  return tryText(`flow.${flow.what}`, flow.title, args);
}
