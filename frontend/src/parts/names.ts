/** What things are called on the screen. */
import { theatre } from '../state/theatre.svelte';
import { t, tryText } from '../text/index.svelte';
import type { ComponentRecord } from '../wire';

/** "etcd-2", "scheduler", "kube-apiserver": a component's name without its host. */
export function componentName(component: Pick<ComponentRecord, 'id' | 'name'>): string {
  if (component.name === 'etcd') {
    const raft = theatre.table('raft').get(`raft/${component.id}`);
    if (raft && !raft.member.includes('/')) return raft.member;
  }
  return tryText(`name.${component.name}`, component.name);
}

/** A component's name with its host where there are several: "kube-apiserver(cp-2)". */
export function fullName(id: string): string {
  const record = theatre.table('component').get(id);
  if (!record) return id.endsWith('/shell') ? `${t('name.shell')}(${id.slice(0, -'/shell'.length)})` : tryText(`name.${id}`, id);
  const name = componentName(record);
  if (record.host.startsWith(name)) return record.host;
  const alike = [...theatre.table('component').values()].filter((other) => other.name === record.name).length;
  return alike > 1 && name === tryText(`name.${record.name}`, record.name) ? `${name}(${record.host})` : name;
}

/** As short as it stays clear: "api(cp-2)", for lists. */
export function shortName(id: string): string {
  return fullName(id).replace('kube-apiserver', 'api');
}

/** The name that a mark's subject is known by: a component's, or an object's without its namespace. */
export function subjectName(subject: string): string {
  if (theatre.table('component').has(subject)) return fullName(subject);
  return shortObject(subject);
}

/** "default/web-5d9f8c7b6-x7k2p" as people say it: "web-x7k2p". */
export function shortObject(key: string): string {
  return key.replace(/^default\//, '').replace(/^link\//, '').replace('|', ' – ').replace(/-[a-z0-9]{8,10}-([a-z0-9]{5})$/, '-$1');
}

/** A Raft member's name, which may be that of its process. */
export function memberName(member: string): string {
  return theatre.table('component').has(member) ? fullName(member) : member;
}

/** The same where the kind is clear: by the host alone. */
export function memberHost(member: string): string {
  return theatre.table('component').get(member)?.host ?? member;
}

export function hostUp(host: string): boolean {
  return theatre.table('host').get(`host/${host}`)?.up ?? true;
}
