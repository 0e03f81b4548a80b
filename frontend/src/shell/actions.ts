/** What can be done, and doing it: each action tells the server, and says so when it fails. */
import type { IconName } from '../parts/icons';
import { fullName } from '../parts/names';
import { api } from '../state/api';
import { type Choice, route } from '../state/route.svelte';
import { theatre } from '../state/theatre.svelte';
import { t } from '../text/index.svelte';
import type { ComponentRecord, ControlRequest, FaultRequest, HostRecord, PodRecord } from '../wire';
import { inThePresent } from './branches';
import { toasts } from './toasts.svelte';

export interface Action {
  id: string;
  label: string;
  icon: IconName;
  danger?: boolean;
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

export function fault(request: FaultRequest): void {
  void attempt(inThePresent(() => api.fault(request)));
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
  const act = (id: string, label: string, icon: IconName, name: FaultRequest['fault'], danger = false): Action => ({
    id,
    label,
    icon,
    danger,
    run: () => fault({ fault: name, component: component.id }),
  });
  const actions: Action[] = [];
  if (component.state === 'running') {
    actions.push(act('crash', t('act.crash'), 'cross', 'crash-process', true), act('hang', t('act.hang'), 'hang', 'hang-process', true));
  }
  if (component.state === 'hung') actions.push(act('resume', t('act.resume'), 'play', 'resume-process'));
  if (component.state !== 'hung') actions.push(act('restart', t('act.restart'), 'power', 'restart-process'));
  else actions.push(act('crash', t('act.crash'), 'cross', 'crash-process', true));
  const host = theatre.table('host').get(`host/${component.host}`);
  return host ? [...actions, powerOf(host)] : actions;
}

function powerOf(host: HostRecord): Action {
  return host.up
    ? { id: 'crash-host', label: t('act.crashHost'), icon: 'power', danger: true, run: () => fault({ fault: 'crash-host', host: host.name }) }
    : { id: 'restart-host', label: t('act.restartHost'), icon: 'power', run: () => fault({ fault: 'restart-host', host: host.name }) };
}

function forHost(host: HostRecord): Action[] {
  const actions = [powerOf(host)];
  const others = [...theatre.table('host').values()].filter((other) => other.name !== host.name).map((other) => other.name);
  if (host.up) {
    actions.push({
      id: 'isolate',
      label: t('act.isolate'),
      icon: 'cut',
      danger: true,
      run: () => fault({ fault: 'partition', groups: [[host.name], others] }),
    });
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
  return {
    id: `${cut ? 'heal' : 'cut'}-${peer}`,
    label: t(cut ? 'act.heal' : 'act.cut', { peer }),
    icon: cut ? 'heal' : 'cut',
    danger: !cut,
    run: () => fault({ fault: cut ? 'heal-link' : 'cut-link', host, peer }),
  };
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
    (bad ? say : toast)(t(`deploy.${result.verb}`, { object: result.object, message: result.message }), bad);
  }
  if (well && reply.flow > 0) route.choose(null);
  return well;
}
