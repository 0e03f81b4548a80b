/** What was typed and not applied: kept by object, also over a reload, until it is applied or thrown away. */

export interface Draft {
  text: string;
  /** The version that was edited. */
  revision: number;
  /** Its text. */
  base: string;
}

const KEY = 'orrery.draft.';

export function draftKey(run: string, branch: string, id: string): string {
  return `${KEY}${run}.${branch}.${id}`;
}

const kept = new Map<string, Draft>();

export function draftOf(key: string): Draft | null {
  const known = kept.get(key);
  if (known) return known;
  try {
    const stored = JSON.parse(sessionStorage.getItem(key) ?? 'null') as Draft | null;
    return stored && typeof stored.text === 'string' && typeof stored.revision === 'number' && typeof stored.base === 'string' ? stored : null;
  } catch {
    return null;
  }
}

export function keepDraft(key: string, draft: Draft | null): void {
  if (draft) kept.set(key, draft);
  else kept.delete(key);
  try {
    if (draft) sessionStorage.setItem(key, JSON.stringify(draft));
    else sessionStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing still has it as long as the page is open.
  }
}
