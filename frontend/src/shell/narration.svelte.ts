/** The one sentence: what is happening now, from the marks and the focused message, in plain words. */
import { fullName, subjectName } from '../parts/names';
import { shortLabel } from '../stage/words';
import { theatre } from '../state/theatre.svelte';
import { t, tryText, type TextKey } from '../text/index.svelte';
import type { Mark, MessageView, Protocol } from '../wire';
import { hopOf } from './hops';

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
    case 'heal':
      return tryText(`say.heal.${String(mark.args['fault'] ?? '')}`, t('say.heal', args), args);
    case 'component-crash':
      return t(mark.args['reason'] === 'exited' ? 'say.component-exit' : 'say.component-crash', args);
    default:
      return t(`say.${mark.kind}` as TextKey, args);
  }
}

const role = (component: string) => theatre.table('component').get(component)?.name ?? '';
const said = (component: string) => (role(component) === 'load-balancer' ? t('hop.name.lb') : fullName(component));

export function hopSentence(message: MessageView): string {
  const { key, object, answer } = hopOf(message, { source: role(message.source), target: role(message.target) });
  return t(key, {
    source: said(message.source),
    target: said(message.target),
    host: message.source.split('/')[0] ?? '',
    there: message.target.split('/')[0] ?? '',
    label: shortLabel(message.label),
    object: shortLabel(object),
    answer: answer ? t(answer) : '',
  });
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
