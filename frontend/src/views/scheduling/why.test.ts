import { beforeEach, describe, expect, it } from 'vitest';
import { settings } from '../../state/settings.svelte';
import type { Remedy, WayIn } from '../../wire';
import { eventText, remedyText, wayInText } from './why';

const remedy = (kind: Remedy['kind'], args: Remedy['arguments'] = {}): Remedy => ({ plugin: 'P', kind, arguments: args });
const LESS = remedy('ask-less', { resource: 'cpu', text: '1,500m', amount: 1500, asked: 2000 });
const LABELS = [remedy('label', { key: 'zone', value: 'a' }), remedy('label', { key: 'disk', value: 'ssd' })];

describe('remedies in words', () => {
  beforeEach(() => {
    settings.language = 'en';
  });

  it('say what would let the Pod in', () => {
    expect(remedyText([LESS])).toBe('would fit if it asked for 1,500m less cpu');
    expect(remedyText([remedy('tolerate', { taint: 'key=value:NoSchedule' })])).toBe('would fit if it tolerated key=value:NoSchedule');
    expect(remedyText([remedy('pods-leave', { pods: 'default/a, kube-system/b', count: 2 })])).toBe('would fit if a, kube-system/b left the node');
    expect(remedyText([])).toBe('');
  });

  it('tell all labels that are missing at once, where the first of them stood', () => {
    expect(remedyText([remedy('uncordon'), ...LABELS, LESS])).toBe(
      'would fit if the node were uncordoned, the node had the label zone=a, disk=ssd and it asked for 1,500m less cpu',
    );
  });

  it('join in Korean as Korean does', () => {
    settings.language = 'ko';
    expect(remedyText([...LABELS, LESS])).toBe('노드에 zone=a, disk=ssd 레이블이 있고 cpu를 1,500m만큼 덜 요청하면 들어갈 수 있습니다');
  });

  it('name the cheapest way in for the whole Pod', () => {
    const way: WayIn = { node: 'worker-2', remedies: [remedy('uncordon')], nodes: 1 };
    expect(wayInText(way)).toBe('The cheapest way in is worker-2: the Pod would fit there if the node were uncordoned.');
    expect(wayInText({ node: '', remedies: [remedy('add-node')], nodes: 1 })).toBe('It would fit if the cluster had a node.');
  });

  it('word the events that bring a Pod back, and leave one that is unknown as it is', () => {
    expect(eventText('AssignedPod/Delete')).toBe('a Pod left its node');
    expect(eventText('Node/Unheard')).toBe('Node/Unheard');
  });
});
