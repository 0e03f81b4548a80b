/** What a point of the cycle did with this Pod, in one sentence. */
import { t, tryText } from '../../text/index.svelte';
import type { DecisionRecord } from '../../wire';
import type { StepName } from './replay';

export function saying(decision: DecisionRecord, step: StepName, plugins: string[] | null): string {
  const args = { node: decision.selected ?? '', all: decision.nodes.length, feasible: decision.feasible };
  switch (step) {
    case 'PreFilter': {
      const skipped = decision.filters.filter((filter) => filter.skipped).map((filter) => filter.plugin);
      return skipped.length > 0 ? t('sched.say.PreFilter', { skipped: skipped.join(', ') }) : t('sched.say.PreFilter.all');
    }
    case 'Select': {
      if (decision.scorers.length === 0) return t('sched.say.Select.alone', args);
      const total = decision.nodes.find((node) => node.node === decision.selected)?.total ?? 0;
      if (decision.tied.length < 2) return t('sched.say.Select', { ...args, total });
      const nodes = decision.tied.length > 6 ? `${decision.tied.slice(0, 6).join(', ')} …` : decision.tied.join(', ');
      return t('sched.say.Select.tied', { ...args, total, count: decision.tied.length, nodes });
    }
    case 'Permit':
    case 'PreBind':
      return plugins && plugins.length > 0 ? t('sched.plugins', { point: step, plugins: plugins.join(', ') }) : t(`sched.say.${step}`);
    default:
      return tryText(`sched.say.${step}`, step, args);
  }
}
