/** What can be done, and doing it: each action tells the server, and says so when it fails. */
import type { IconName } from '../parts/icons';
import { fullName } from '../parts/names';
import { api } from '../state/api';
import { type Choice, route } from '../state/route.svelte';
import { theatre } from '../state/theatre.svelte';
import { t } from '../text/index.svelte';
import type { ComponentRecord, ControlRequest, FaultRequest, HostRecord, PodRecord } from '../wire';
import { inverseOf } from '../faults/undo';
import { watchText } from '../faults/watch';
import { inThePresent } from './branches';
import { toasts } from './toasts.svelte';

export interface Action {
  id: string;
  label: string;
  icon: IconName;
  danger?: boolean;
  /** What to watch: faults have it, empty where they mend. */
  hint?: string;
  run: () => void;
}

type Say = (text: string, bad: boolean) => void;
const toast: Say = (text, bad) => toasts.say(text, bad);

/** Runs a request; what goes wrong is said in one sentence. */
export async function attempt<T>(work: Promise<T>, say: Say = toast): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    say(error instanceof Error && error.message ? error.message : t('app.failed'), true);
    return undefined;
  }
}

export function control(request: ControlRequest): void {
  void attempt(api.control(request));
}

/** Breaks or mends something, and says what to watch. */
export function fault(request: FaultRequest): void {
  const inverse = inverseOf(request);
  const watch = watchText(request);
  const broken = inThePresent(() => api.fault(request)).then(() => {
    if (inverse) undoing = inverse;
    if (watch) toasts.watch(watch, inverse ? () => fault(inverse) : undefined);
  });
  void attempt(broken);
}

let undoing: FaultRequest | null = null;

/** Takes back what was broken last. */
export function undo(): void {
  if (undoing) fault(undoing);
  undoing = null;
}

/** Links first, then whatever lies down. */
export function heal(): void {
  if (theatre.table('chaos').size > 0) void attempt(inThePresent(() => api.chaos({ on: false, seed: 0, wild: false })));
  fault({ fault: 'heal-all' });
}

function faultAction(id: string, label: string, icon: IconName, request: FaultRequest, danger = false): Action {
  return { id, label, icon, danger, hint: watchText(request), run: () => fault(request) };
}

/** What can be done to what was chosen. */
export function actionsFor(choice: Choice): Action[] {
  switch (choice.kind) {
    case 'component': {
      const component = theatre.table('component').get(choice.id);
      return component ? forComponent(component) : [];
    }
    case 'host': {
      const host = theatre.table('host').get(`host/${choice.id}`);
      return host ? forHost(host) : [];
    }
    case 'pod': {
      const pod = theatre.table('pod').get(`pod/${choice.id}`);
      return pod ? forPod(pod) : [];
    }
    case 'link':
      return forLink(choice.id);
    default:
      return [];
  }
}

export function nameOf(choice: Choice): string {
  if (choice.kind === 'component') return fullName(choice.id);
  if (choice.kind === 'pod') return theatre.table('pod').get(`pod/${choice.id}`)?.name ?? '';
  return String(choice.id);
}

function forComponent(component: ComponentRecord): Action[] {
  const act = (id: string, label: string, icon: IconName, name: FaultRequest['fault'], danger = false) =>
    faultAction(id, label, icon, { fault: name, component: component.id }, danger);
  const actions: Action[] = [];
  if (component.state === 'running') {
    actions.push(act('crash', t('act.crash'), 'cross', 'crash-process', true), act('hang', t('act.hang'), 'hang', 'hang-process', true));
  }
  if (component.state === 'hung') actions.push(act('resume', t('act.resume'), 'play', 'resume-process'));
  if (component.state !== 'hung') actions.push(act('restart', t('act.restart'), 'power', 'restart-process'));
  else actions.push(act('crash', t('act.crash'), 'cross', 'crash-process', true));
  const host = theatre.table('host').get(`host/${component.host}`);
  return host ? [...actions, powerOf(host), ...(host.up ? [isolationOf(host)] : [])] : actions;
}

/** Cuts a host off from all others. */
function isolationOf(host: HostRecord): Action {
  const others = [...theatre.table('host').values()].filter((other) => other.name !== host.name).map((other) => other.name);
  return faultAction('isolate', t('act.isolate'), 'cut', { fault: 'partition', groups: [[host.name], others] }, true);
}

function powerOf(host: HostRecord): Action {
  return host.up
    ? faultAction('crash-host', t('act.crashHost'), 'power', { fault: 'crash-host', host: host.name }, true)
    : faultAction('restart-host', t('act.restartHost'), 'power', { fault: 'restart-host', host: host.name });
}

function forHost(host: HostRecord): Action[] {
  const actions = [powerOf(host)];
  if (host.up) {
    actions.push(isolationOf(host));
    if (host.disk_full) actions.push(faultAction('heal-disk', t('act.healDisk'), 'heal', { fault: 'heal-disk', host: host.name }));
    else actions.push(faultAction('fill-disk', t('act.fillDisk'), 'disk', { fault: 'fill-disk', host: host.name }, true));
  }
  for (const peer of peersOf(host)) actions.push(linkAction(host.name, peer));
  return actions;
}

/** Hosts whose link a lecturer would cut: those that share its role or that it talks to most. */
function peersOf(host: HostRecord): string[] {
  const hosts = [...theatre.table('host').values()].sort((a, b) => a.order - b.order);
  const wanted: Record<HostRecord['role'], HostRecord['role'][]> = {
    'control-plane': ['control-plane', 'load-balancer'],
    etcd: ['etcd'],
    worker: ['load-balancer', 'outside'],
    'load-balancer': ['control-plane'],
    client: ['load-balancer'],
    outside: [],
  };
  return hosts.filter((other) => other.name !== host.name && wanted[host.role].includes(other.role)).map((other) => other.name);
}

function linkAction(host: string, peer: string): Action {
  const [a, b] = [host, peer].sort();
  const cut = (theatre.table('link').get(`link/${a}|${b}`)?.cut ?? 'no') !== 'no';
  const request: FaultRequest = { fault: cut ? 'heal-link' : 'cut-link', host, peer };
  return faultAction(`${cut ? 'heal' : 'cut'}-${peer}`, t(cut ? 'act.heal' : 'act.cut', { peer }), cut ? 'heal' : 'cut', request, !cut);
}

function forLink(id: string): Action[] {
  const [a, b] = id.replace(/^link\//, '').split('|');
  return a && b ? [linkAction(a, b)] : [];
}

function forPod(pod: PodRecord): Action[] {
  const remove: Action = {
    id: 'delete',
    label: t('act.delete'),
    icon: 'trash',
    danger: true,
    run: () => void attempt(inThePresent(() => api.remove('pods', pod.namespace, pod.name))),
  };
  const follow: Action = { id: 'follow', label: t('act.follow'), icon: 'eye', run: () => control({ action: 'focus', flow: pod.flow }) };
  return pod.flow > 0 ? [follow, remove] : [remove];
}

/** The Deployment that the big button runs: small enough to fit, with something to see. */
export function sampleDeployment(name: string, replicas = 3): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: default
spec:
  replicas: ${replicas}
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      containers:
        - name: web
          image: nginx:1.27
          ports:
            - containerPort: 80
          resources:
            requests:
              cpu: 250m
              memory: 128Mi
`;
}

/** `web`, then `web-2`, `web-3`: a name that no Deployment has yet. */
export function freshName(): string {
  const taken = new Set([...theatre.table('object').values()].filter((o) => o.resource === 'deployments').map((o) => o.name));
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? 'web' : `web-${n}`;
    if (!taken.has(name)) return name;
  }
}

/** As `kubectl apply`; `say` hears what failed. True when all went well. */
export async function apply(text: string, say: Say = toast): Promise<boolean> {
  const reply = await attempt(inThePresent(() => api.apply(text)), say);
  if (!reply) return false;
  let well = true;
  for (const result of reply.results) {
    const bad = result.verb === 'failed';
    well &&= !bad;
    const key = result.why ? (`deploy.${result.why}` as const) : (`deploy.${result.verb}` as const);
    (bad ? say : toast)(t(key, { object: result.object, message: result.message }), bad);
  }
  if (well && reply.flow > 0) route.choose(null);
  return well;
}
