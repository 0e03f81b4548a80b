/** What is looked at: a view and a choice, kept in the address so that it can be linked to. */

export const VIEWS = ['stage', 'raft', 'scheduling', 'objects', 'events', 'scenes'] as const;
export type ViewName = (typeof VIEWS)[number];

export type Choice =
  | { kind: 'message'; id: number }
  | { kind: 'event'; id: number }
  | { kind: 'flow'; id: number }
  | { kind: 'component'; id: string }
  | { kind: 'host'; id: string }
  | { kind: 'link'; id: string }
  | { kind: 'pod'; id: string }
  | { kind: 'decision'; id: string }
  | { kind: 'object'; id: string };

export interface Address {
  view: ViewName;
  choice: Choice | null;
}

const NUMBERED = ['message', 'event', 'flow'];
const NAMED = ['component', 'host', 'link', 'pod', 'decision', 'object'];

/** `#/raft?pod=…` to what it means; what it does not know is the stage. */
export function parseAddress(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const view = VIEWS.find((name) => name === path) ?? 'stage';
  for (const [kind, value] of new URLSearchParams(query)) {
    if (NUMBERED.includes(kind) && /^\d+$/.test(value)) return { view, choice: { kind, id: Number(value) } as Choice };
    if (NAMED.includes(kind) && value) return { view, choice: { kind, id: value } as Choice };
  }
  return { view, choice: null };
}

export function formatAddress({ view, choice }: Address): string {
  const query = choice ? `?${new URLSearchParams({ [choice.kind]: String(choice.id) }).toString()}` : '';
  return `#/${view === 'stage' ? '' : view}${query}`;
}

class RouteState {
  view = $state<ViewName>('stage');
  choice = $state.raw<Choice | null>(null);

  start(): () => void {
    const read = () => {
      const address = parseAddress(location.hash);
      this.view = address.view;
      this.choice = address.choice;
    };
    read();
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }

  go(view: ViewName): void {
    this.set({ view, choice: this.choice });
  }

  choose(choice: Choice | null): void {
    this.set({ view: this.view, choice });
  }

  set(address: Address): void {
    this.view = address.view;
    this.choice = address.choice;
    const hash = formatAddress(address);
    if (hash !== location.hash) history.pushState(null, '', hash);
  }
}

export const route = new RouteState();
