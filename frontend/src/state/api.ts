/** The server's HTTP side. What goes wrong comes back as one sentence. */
import type { ChapterText } from '../model/recording';
import type {
  ApplyReply, BranchView, ChaosRequest, ChapterView, ControlRequest, EventPage, EventView, FaultRequest, FlowView, LogPage, Mark, MetricsReply, ObjectHistory,
  ObjectList, ObjectView, RunLink, SceneInfo, SchemaReply, SequenceReply, TryReply,
} from '../wire';
import { here } from './here.svelte';

export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly field = '',
  ) {
    super(message);
  }
}

async function call<T>(method: 'GET' | 'POST', path: string, body?: unknown, branch?: string): Promise<T> {
  let response: Response;
  try {
    response = await fetch(here.path(path, branch), {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError('', 0);
  }
  const text = await response.text();
  const data: unknown = parse(text);
  if (!response.ok) {
    const { message, field } = errorOf(data);
    throw new ApiError(message || `HTTP ${response.status}`, response.status, field);
  }
  return data as T;
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function errorOf(data: unknown): { message: string; field: string } {
  const error = (data as { error?: { message?: unknown; field?: unknown } } | null)?.error;
  const text = (value: unknown) => (typeof value === 'string' ? value : value == null ? '' : JSON.stringify(value));
  return { message: text(error?.message), field: text(error?.field) };
}

export type Asked = Record<string, string | number | boolean | null | undefined | readonly string[]>;

/** A query: what is null, empty or false is left out, and a list is said item by item. */
function asked(wanted: Asked): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(wanted)) {
    if (Array.isArray(value)) for (const item of value) query.append(key, item);
    else if (value !== null && value !== undefined && value !== '' && value !== false) query.set(key, String(value));
  }
  return query.toString();
}

export const api = {
  control: (request: ControlRequest) => call<unknown>('POST', '/api/control', request),
  fault: (request: FaultRequest) => call<unknown>('POST', '/api/fault', request),
  chaos: (request: ChaosRequest) => call<unknown>('POST', '/api/chaos', request),
  apply: (text: string) => call<ApplyReply>('POST', '/api/apply', { text }),
  scale: (namespace: string, name: string, replicas: number) => call<unknown>('POST', '/api/scale', { namespace, name, replicas }),
  remove: (resource: string, namespace: string, name: string) => call<unknown>('POST', '/api/delete', { resource, namespace, name }),
  event: (id: number) => call<EventView>('GET', `/api/event/${id}`),
  sequence: (flow: number, after: number) => call<SequenceReply>('GET', `/api/sequence/${flow}?after=${after}`),
  flow: (id: number) => call<FlowView>('GET', `/api/flow/${id}`),
  object: (resource: string, namespace: string, name: string, at: { at_ns?: number; revision?: number } = {}) =>
    call<ObjectView>('GET', `/api/object?${asked({ resource, namespace, name, ...at })}`),
  objects: (at_ns: number | null) => call<ObjectList>('GET', `/api/objects?${asked({ at_ns })}`),
  history: (resource: string, namespace: string, name: string, before: number | null) =>
    call<ObjectHistory>('GET', `/api/object/history?${asked({ resource, namespace, name, before })}`),
  schema: (api_version: string, kind: string) => call<SchemaReply>('GET', `/api/schema?${asked({ api_version, kind })}`),
  tryApply: (text: string, revision: number | null) => call<TryReply>('POST', '/api/try', { text, revision }),
  events: (wanted: Asked) => call<EventPage>('GET', `/api/events?${asked(wanted)}`),
  logs: (wanted: Asked) => call<LogPage>('GET', `/api/logs?${asked(wanted)}`),
  metrics: (fromNs: number, toNs: number, points: number) =>
    call<MetricsReply>('GET', `/api/metrics?${asked({ from_ns: Math.max(0, Math.round(fromNs)), to_ns: Math.round(toNs), points: Math.min(1000, Math.max(10, points)) })}`),
  scenes: () => call<SceneInfo[]>('GET', '/api/scenes'),
  scene: (id: string) => call<unknown>('POST', '/api/scene', { id }),
  chapters: async (branch?: string) => (await call<{ chapters: ChapterView[] }>('GET', '/api/recording', undefined, branch)).chapters,
  chapter: (number: number, branch?: string) => call<ChapterText>('GET', `/api/recording/${number}`, undefined, branch),
  marks: (branch?: string) => call<Mark[]>('GET', '/api/marks', undefined, branch),
  branches: () => call<BranchView[]>('GET', '/api/branches'),
  fork: (t_ns: number, name: string) => call<BranchView>('POST', '/api/fork', { t_ns, name }),
  branch: (id: string, action: 'rename' | 'close' | 'attach', name = '') => call<BranchView[]>('POST', '/api/branch', { id, action, name }),
  open: (text: string) => call<BranchView>('POST', '/api/open', { text }),
  link: () => call<RunLink>('GET', '/api/run'),
};
