/** What things are called on the screen. */
import { theatre } from '../state/theatre.svelte';
import { tryText } from '../text/index.svelte';
import type { ComponentRecord } from '../wire';

/** "etcd-2", "scheduler", "kube-apiserver": a component's name without its host. */
export function componentName(component: Pick<ComponentRecord, 'id' | 'name'>): string {
  if (component.name === 'etcd') {
    const raft = theatre.table('raft').get(`raft/${component.id}`);
    if (raft) return raft.member;
  }
  return tryText(`name.${component.name}`, component.name);
}

/** A component's name with its host where there are several: "kube-apiserver(cp-2)". */
export function fullName(id: string): string {
  const record = theatre.table('component').get(id);
  if (!record) return id;
  const name = componentName(record);
  const alike = [...theatre.table('component').values()].filter((other) => other.name === record.name).length;
  return alike > 1 && record.name !== 'etcd' ? `${name}(${record.host})` : name;
}

/** The name that a mark's subject is known by: a component's, or an object's without its namespace. */
export function subjectName(subject: string): string {
  if (theatre.table('component').has(subject)) return fullName(subject);
  return subject.replace(/^default\//, '');
}

export function hostUp(host: string): boolean {
  return theatre.table('host').get(`host/${host}`)?.up ?? true;
}
