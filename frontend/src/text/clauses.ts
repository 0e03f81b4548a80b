/** Clauses put together to one condition, as each language does it. */
import { settings } from '../state/settings.svelte';

/** "it asked for less and it tolerated x"; in Korean all but the last clause change their ending: 덜 요청하고 … 있으면. */
export function allOf(clauses: readonly string[], language = settings.language): string {
  if (language === 'ko') return clauses.map((clause, i) => (i < clauses.length - 1 ? clause.replace(/으?면$/, '고') : clause)).join(' ');
  return clauses.length > 2 ? `${clauses.slice(0, -1).join(', ')} and ${clauses.at(-1)}` : clauses.join(' and ');
}
