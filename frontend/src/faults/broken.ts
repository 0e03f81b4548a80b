/** What is broken at an instant, and what undoes each. Pure: it reads the records as they are. */
import type { ComponentRecord, FaultRequest, HostRecord, LinkRecord } from '../wire';

export type Trouble = 'host-down' | 'crashed' | 'hung' | 'cut' | 'one-way' | 'slow' | 'lossy' | 'skew' | 'disk-slow' | 'disk-full' | 'split';

export interface Broken {
  key: string;
  trouble: Trouble;
  /** Whom it hits: a host, a component, or a link's two hosts. */
  subject: string;
  /** How much: nanoseconds, a share, or a count of links. */
  amount: number;
  undo: FaultRequest;
}

/** So many cut links are told as one split. */
const SPLIT = 4;

export function brokenNow(hosts: Iterable<HostRecord>, components: Iterable<ComponentRecord>, links: Iterable<LinkRecord>): Broken[] {
  const found: Broken[] = [];
  const down = new Set<string>();
  for (const host of hosts) {
    if (!host.up) down.add(host.name);
    found.push(...ofHost(host));
  }
  for (const component of components) {
    if (down.has(component.host) || component.state === 'running') continue;
    const hung = component.state === 'hung';
    found.push({
      key: `process/${component.id}`,
      trouble: hung ? 'hung' : 'crashed',
      subject: component.id,
      amount: 0,
      undo: { fault: hung ? 'resume-process' : 'restart-process', component: component.id },
    });
  }
  const all = [...links];
  const cut = all.filter((link) => link.cut !== 'no');
  if (cut.length > SPLIT) found.push({ key: 'split', trouble: 'split', subject: '', amount: cut.length, undo: { fault: 'heal-links' } });
  for (const link of all) if (link.cut === 'no' || cut.length <= SPLIT) found.push(ofLink(link));
  return found;
}

function ofHost(host: HostRecord): Broken[] {
  const found: Broken[] = [];
  const add = (trouble: Trouble, amount: number, undo: FaultRequest) => found.push({ key: `${trouble}/${host.name}`, trouble, subject: host.name, amount, undo });
  if (!host.up) add('host-down', 0, { fault: 'restart-host', host: host.name });
  if (host.clock_skew_ns !== 0) add('skew', host.clock_skew_ns, { fault: 'skew-clock', host: host.name, skew_ms: 0 });
  if (host.disk_full) add('disk-full', 0, { fault: 'heal-disk', host: host.name });
  else if (host.disk_slow_ns > 0) add('disk-slow', host.disk_slow_ns, { fault: 'heal-disk', host: host.name });
  return found;
}

function ofLink(link: LinkRecord): Broken {
  const undo: FaultRequest = { fault: 'heal-link', host: link.a, peer: link.b };
  const base = { key: link.id, subject: link.cut === 'b-to-a' ? `${link.b}|${link.a}` : `${link.a}|${link.b}`, undo };
  if (link.cut === 'both') return { ...base, trouble: 'cut', amount: 0 };
  if (link.cut !== 'no') return { ...base, trouble: 'one-way', amount: 0 };
  if (link.drop > 0) return { ...base, trouble: 'lossy', amount: link.drop };
  return { ...base, trouble: 'slow', amount: link.slow_ns };
}
