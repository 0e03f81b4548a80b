/** The server's HTTP side. What goes wrong comes back as one sentence. */
import type { ApplyReply, ControlRequest, EventView, FaultRequest, FlowView, ObjectView, SceneInfo } from '../wire';

export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly field = '',
  ) {
    super(message);
  }
}

async function call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
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

export const api = {
  control: (request: ControlRequest) => call<unknown>('POST', '/api/control', request),
  fault: (request: FaultRequest) => call<unknown>('POST', '/api/fault', request),
  apply: (text: string) => call<ApplyReply>('POST', '/api/apply', { text }),
  scale: (namespace: string, name: string, replicas: number) => call<unknown>('POST', '/api/scale', { namespace, name, replicas }),
  remove: (resource: string, namespace: string, name: string) => call<unknown>('POST', '/api/delete', { resource, namespace, name }),
  event: (id: number) => call<EventView>('GET', `/api/event/${id}`),
  flow: (id: number) => call<FlowView>('GET', `/api/flow/${id}`),
  object: (resource: string, namespace: string, name: string) =>
    call<ObjectView>('GET', `/api/object?${new URLSearchParams({ resource, namespace, name }).toString()}`),
  scenes: () => call<SceneInfo[]>('GET', '/api/scenes'),
  scene: (id: string) => call<unknown>('POST', '/api/scene', { id }),
};
