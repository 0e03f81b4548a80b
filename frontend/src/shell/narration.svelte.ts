/** The one sentence: what is happening now, from the marks and the focused message, in plain words. */
import { fullName, subjectName } from '../parts/names';
import { shortLabel } from '../stage/words';
import { theatre } from '../state/theatre.svelte';
import { t, tryText, type TextKey } from '../text/index.svelte';
import type { Mark, MessageView, Protocol } from '../wire';

export interface Sentence {
  text: string;
  tone: 'calm' | 'good' | 'bad' | 'busy';
  protocol: Protocol | null;
}

/** How long on the wall a milestone's sentence stands before a message may speak. */
const MARK_MS = 2200;
const HOP_MS = 700;

const BAD = ['no-leader', 'fault', 'node-not-ready', 'unschedulable', 'component-crash', 'eviction'];
const GOOD = ['leader', 'heal', 'node-ready', 'pod-running'];
const SILENT = ['request'];

export function markSentence(mark: Mark): string {
  const name = subjectName(mark.subject);
  const args = { ...mark.args, subject: name, pod: name };
  const has = (key: string) => mark.args[key] !== undefined && mark.args[key] !== '';
  switch (mark.kind) {
    case 'deploy':
    case 'scale':
      return t(has('replicas') ? `say.${mark.kind}.replicas` : `say.${mark.kind}`, args);
    case 'election':
    case 'leader':
      return t(has('term') ? `say.${mark.kind}.term` : `say.${mark.kind}`, args);
    case 'scheduled':
      return t(has('score') && has('nodes') ? 'say.scheduled.score' : has('node') ? 'say.scheduled.node' : 'say.scheduled', args);
    case 'pod-running':
      return t(has('node') ? 'say.pod-running.node' : 'say.pod-running', args);
    case 'eviction':
      return t(has('node') ? 'say.eviction.pod' : 'say.eviction', args);
    case 'fault': {
      const word = String(mark.args['fault'] ?? '');
      const host = theatre.table('host').has(`host/${mark.subject}`);
      const full = word.includes('-') ? word : `${word}-${word === 'cut' || word === 'slow' || word === 'drop' ? 'link' : host ? 'host' : 'process'}`;
      return tryText(`say.fault.${word === 'partition' ? word : full}`, t('say.fault.other', args), args);
    }
    default:
      return t(`say.${mark.kind}` as TextKey, args);
  }
}

function role(component: string): string {
  return theatre.table('component').get(component)?.name ?? '';
}

export function hopSentence(message: MessageView): string {
  const from = role(message.source);
  const to = role(message.target);
  const args = {
    source: fullName(message.source),
    target: fullName(message.target),
    host: message.source.split('/')[0] ?? '',
    there: message.target.split('/')[0] ?? '',
    label: shortLabel(message.label),
  };
  if (message.protocol === 'etcd' && to === 'etcd' && message.label.startsWith('Range')) return t('hop.api-etcd-read', args);
  return t(hopKey(message.protocol, from, to), args);
}

function hopKey(protocol: Protocol, from: string, to: string): TextKey {
  if (protocol === 'raft') return 'hop.raft';
  if (protocol === 'watch') return 'hop.watch';
  if (protocol === 'image') return 'hop.image';
  if (protocol === 'cni') return 'hop.cni';
  if (protocol === 'cri') return from === 'kubelet' ? 'hop.cri' : 'hop.cri-back';
  if (protocol === 'etcd') return to === 'etcd' ? 'hop.api-etcd' : 'hop.etcd-api';
  if (from === 'kube-scheduler') return 'hop.scheduler-api';
  if (from === 'kube-controller-manager') return 'hop.controllers-api';
  if (from === 'kubelet') return 'hop.kubelet-api';
  if (from === 'kubectl') return 'hop.client-api';
  if (from === 'load-balancer' && to === 'kube-apiserver') return 'hop.lb-api';
  if (to === 'kubectl') return 'hop.client-back';
  if (from === 'load-balancer') return 'hop.lb-back';
  if (from === 'kube-apiserver') return 'hop.api-back';
  return 'hop.other';
}

class Narrator {
  current = $state.raw<Sentence>({ text: '', tone: 'calm', protocol: null });
  private mark: Mark | null = null;
  private markMs = 1e9;
  private hop: MessageView | null = null;
  private hopMs = 1e9;
  private sinceMs = 0;
  private started = false;

  start(): () => void {
    return theatre.onFrame((ns, wallMs) => {
      this.markMs += wallMs;
      this.hopMs += wallMs;
      this.sinceMs += wallMs;
      if (this.sinceMs < 90) return;
      this.sinceMs = 0;
      this.look(ns);
    });
  }

  private look(ns: number): void {
    const mark = theatre.timeline.lastMark(ns, (item) => !SILENT.includes(item.kind));
    if (mark !== this.mark) {
      this.mark = mark;
      this.markMs = this.started || theatre.pace.focus !== null ? 0 : 1e9;
    }
    this.started = true;
    const { focus } = theatre.pace;
    if (this.markMs > MARK_MS && this.hopMs > HOP_MS && focus !== null) {
      const flying = theatre.timeline.messages.inFlight(ns).filter((message) => message.flow === focus && !message.quiet);
      const latest = flying.sort((a, b) => b.sent_ns - a.sent_ns)[0];
      if (latest && latest.id !== this.hop?.id) this.hopMs = 0;
      if (latest) this.hop = latest;
    }
    this.set(this.choose(ns, focus));
  }

  private choose(ns: number, focus: number | null): Sentence {
    const { mark, hop } = this;
    if (focus !== null && hop?.flow === focus && this.markMs > MARK_MS && hop.sent_ns >= (mark?.t_ns ?? 0)) {
      return { text: hopSentence(hop), tone: 'busy', protocol: hop.protocol };
    }
    const recent = mark && (this.markMs < 9000 || ns - mark.t_ns < 5e9);
    if (mark && recent) return this.ofMark(mark);
    if (theatre.pace.paused) return { text: t('say.paused'), tone: 'calm', protocol: null };
    if (mark && BAD.includes(mark.kind)) return this.ofMark(mark);
    const used = theatre.table('object').size > 0 && [...theatre.table('object').values()].some((o) => o.resource === 'deployments');
    return { text: t(used ? 'say.quiet' : 'say.ready'), tone: 'calm', protocol: null };
  }

  private ofMark(mark: Mark): Sentence {
    const tone = BAD.includes(mark.kind) ? 'bad' : GOOD.includes(mark.kind) ? 'good' : 'busy';
    return { text: markSentence(mark), tone, protocol: null };
  }

  private set(next: Sentence): void {
    if (next.text !== this.current.text || next.tone !== this.current.tone) this.current = next;
  }
}

export const narrator = new Narrator();
