/** What is looked at: a view and a choice, kept in the address so that it can be linked to. */

export const VIEWS = ['stage', 'sequence', 'raft', 'scheduling', 'objects', 'events', 'terminal', 'charts', 'compare', 'scenes'] as const;
export type ViewName = (typeof VIEWS)[number];

export type Choice =
  | { kind: 'message'; id: number }
  /** Messages that are drawn as one packet: their ids, joined by a plus. */
  | { kind: 'burst'; id: string }
  | { kind: 'event'; id: number }
  | { kind: 'flow'; id: number }
  | { kind: 'component'; id: string }
  | { kind: 'host'; id: string }
  | { kind: 'link'; id: string }
  | { kind: 'pod'; id: string }
  | { kind: 'decision'; id: string }
  | { kind: 'object'; id: string };

/** What is opened on the stage. */
export interface Opened {
  kind: 'component' | 'host' | 'pod';
  id: string;
}

export interface Address {
  view: ViewName;
  choice: Choice | null;
  /** Left out: as it is. */
  open?: Opened | null;
}

const NUMBERED = ['message', 'event', 'flow'];
const NAMED = ['burst', 'component', 'host', 'link', 'pod', 'decision', 'object'];

/** `#/raft?pod=…` to what it means; what it does not know is the stage. */
export function parseAddress(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const view = VIEWS.find((name) => name === path) ?? 'stage';
  let choice: Choice | null = null;
  let open: Opened | null = null;
  for (const [kind, value] of new URLSearchParams(query)) {
    const [, sort, id] = kind === 'open' ? (/^(component|host|pod):(.+)$/.exec(value) ?? []) : [];
    if (sort && id) open = { kind: sort as Opened['kind'], id };
    else if (NUMBERED.includes(kind) && /^\d+$/.test(value)) choice ??= { kind, id: Number(value) } as Choice;
    else if (NAMED.includes(kind) && value) choice ??= { kind, id: value } as Choice;
  }
  return { view, choice, open };
}

export function formatAddress({ view, choice, open }: Address): string {
  const asked = new URLSearchParams();
  if (open && view === 'stage') asked.set('open', `${open.kind}:${open.id}`);
  if (choice) asked.set(choice.kind, String(choice.id));
  const query = asked.size > 0 ? `?${asked.toString().replaceAll('%3A', ':').replaceAll('%2F', '/')}` : '';
  return `#/${view === 'stage' ? '' : view}${query}`;
}

class RouteState {
  view = $state<ViewName>('stage');
  choice = $state.raw<Choice | null>(null);
  open = $state.raw<Opened | null>(null);

  start(): () => void {
    const read = () => {
      const address = parseAddress(location.hash);
      this.view = address.view;
      this.choice = address.choice;
      if (address.view === 'stage') this.open = address.open ?? null;
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
    if (address.open !== undefined) this.open = address.open;
    const hash = formatAddress({ ...address, open: this.open });
    if (hash !== location.hash) history.pushState(null, '', hash);
  }
}

export const route = new RouteState();
