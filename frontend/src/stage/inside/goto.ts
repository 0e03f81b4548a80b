/** Where a click inside an opened card leads: the inspector, or the inside of another card. */
import { route } from '../../state/route.svelte';
import { theatre } from '../../state/theatre.svelte';
import { objectOf } from './keyspace';

export function chooseEvent(id: number): void {
  route.choose({ kind: 'event', id });
}

/** A Pod by "namespace/name" or by its uid; false where there is none at this instant. */
export function findPod(keyOrUid: string): string | null {
  if (theatre.table('pod').has(`pod/${keyOrUid}`)) return keyOrUid;
  for (const pod of theatre.table('pod').values()) if (`${pod.namespace}/${pod.name}` === keyOrUid) return pod.uid;
  return null;
}

/** Chooses what a key of etcd stands for. */
export function chooseKey(key: string, event: number): void {
  const object = objectOf(key);
  if (object?.resource === 'pods') {
    const uid = findPod(`${object.namespace}/${object.name}`);
    if (uid) return route.choose({ kind: 'pod', id: uid });
  }
  if (object?.resource === 'nodes' && theatre.table('host').has(`host/${object.name}`)) return route.choose({ kind: 'host', id: object.name });
  const id = object && `object/${object.resource}/${object.namespace}/${object.name}`;
  if (id && theatre.table('object').has(id)) route.choose({ kind: 'object', id });
  else chooseEvent(event);
}

export function chooseObject(resource: string, key: string): void {
  const [namespace, name] = key.includes('/') ? (key.split('/', 2) as [string, string]) : ['', key];
  const id = `object/${resource}/${namespace}/${name}`;
  if (theatre.table('object').has(id)) route.choose({ kind: 'object', id });
}
