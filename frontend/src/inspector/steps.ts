import type { EventBrief } from '../wire';

const TOLD = ['FlowStarted', 'SchedulingDecision', 'Reconciled', 'ImagePulled', 'ContainerChanged', 'SandboxChanged'];

/** Messages, and what was decided or done: not every turn of every log. */
export function worthSeeing(step: EventBrief): boolean {
  return step.protocol !== null || TOLD.includes(step.type);
}

/** Which steps of a long flow are shown: the present one a little below the middle. */
export function windowAround(count: number, present: number, size: number): { from: number; to: number } {
  if (count <= size) return { from: 0, to: count };
  const at = present < 0 ? 0 : present;
  const from = Math.max(0, Math.min(count - size, at - Math.floor(size * 0.6)));
  return { from, to: from + size };
}
