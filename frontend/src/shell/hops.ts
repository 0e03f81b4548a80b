/**
 * What a message does, as the key of a sentence and its arguments. Pure: from the message's protocol, ends and few words.
 *
 * The few words are those of the server (theatre/labels.py): "POST pods/web-1/binding", "201 web-1", "Txn web",
 * "AppendEntries 41–42", "RunPodSandbox".
 */
import type { TextKey } from '../text/index.svelte';
import type { MessageView } from '../wire';

export interface Ends {
  /** The names of the processes at both ends: "kubelet", "load-balancer". */
  source: string;
  target: string;
}

export interface Hop {
  key: TextKey;
  /** What is to be filled in beside the ends: the object, a number, the word of an answer. */
  object: string;
  answer: TextKey | null;
}

const hop = (key: TextKey, object = '', answer: TextKey | null = null): Hop => ({ key, object, answer });

export function hopOf(message: Pick<MessageView, 'protocol' | 'label'>, ends: Ends): Hop {
  const [word = '', ...rest] = message.label.split(' ');
  const object = rest.join(' ');
  switch (message.protocol) {
    case 'api':
      return /^\d{3}$/.test(word) ? answerHop(word, object, ends) : requestHop(word, object, ends);
    case 'watch':
      return hop(ends.source === 'load-balancer' ? 'hop.watch.lb' : ends.target === 'load-balancer' ? 'hop.watch.out' : 'hop.watch', object, changeKey(word));
    case 'etcd':
      return etcdHop(word, object, ends);
    case 'raft':
      return raftHop(word, object);
    case 'cri':
      if (word.endsWith('_EVENT')) return hop('hop.cri.event', '', EVENTS[word] ?? 'cri.other');
      return ends.source === 'kubelet' ? hop(CRI[word] ?? 'hop.cri', object) : hop('hop.cri.done', word);
    case 'cni':
      return hop(word === 'DEL' ? 'hop.cni.del' : 'hop.cni', object);
    case 'image':
      return imageHop(message.label, ends);
    case 'traffic':
      return hop('hop.traffic');
    case 'probe':
      return hop('hop.probe');
    default:
      return hop('hop.other', message.label);
  }
}

function requestHop(verb: string, path: string, ends: Ends): Hop {
  if (ends.source === 'load-balancer') return hop('hop.lb', `${verb} ${path}`);
  const [resource = '', name = '', part = ''] = path.replace(' ', '/').split('/');
  const object = [resource, name].filter(Boolean).join('/');
  if (verb === 'POST') return part === 'binding' ? hop('hop.ask.bind', name) : part === 'eviction' ? hop('hop.ask.evict', name) : hop('hop.ask.create', object);
  if (verb === 'PUT' || verb === 'PATCH') return part === 'status' ? hop('hop.ask.status', object) : part === 'scale' ? hop('hop.ask.scale', object) : hop('hop.ask.change', object);
  const key = ({ GET: 'hop.ask.get', WATCH: 'hop.ask.watch', DELETE: 'hop.ask.delete' } as const)[verb];
  return key ? hop(key, object) : hop('hop.other', `${verb} ${path}`);
}

const CODES = ['200', '201', '202', '401', '403', '404', '409', '410', '422', '429'];

function answerHop(code: string, object: string, ends: Ends): Hop {
  const answer = (CODES.includes(code) ? `answer.${code}` : code.startsWith('5') ? 'answer.5xx' : 'answer.other') as TextKey;
  const key = ends.target === 'kubectl' ? 'hop.answer.client' : ends.source === 'load-balancer' ? 'hop.answer.lb' : 'hop.answer';
  return hop(key, object, answer);
}

function changeKey(word: string): TextKey | null {
  return ({ ADDED: 'change.ADDED', MODIFIED: 'change.MODIFIED', DELETED: 'change.DELETED', PUT: 'change.PUT', DELETE: 'change.DELETED' } as const)[word] ?? null;
}

function etcdHop(word: string, object: string, ends: Ends): Hop {
  if (ends.source === 'etcd') {
    const change = word === 'PUT' || word === 'DELETE' ? changeKey(word) : null;
    if (change) return hop('hop.etcd.changed', object, change);
    return hop(word === 'Range' ? 'hop.etcd.found' : word === 'Txn' ? 'hop.etcd.stored' : 'hop.etcd.answer', object);
  }
  const key = ({ Range: 'hop.etcd.read', Txn: 'hop.etcd.store', Put: 'hop.etcd.store', Watch: 'hop.etcd.watch', DeleteRange: 'hop.etcd.delete' } as const)[word];
  return hop(key ?? 'hop.etcd', key ? object : `${word} ${object}`.trim());
}

function raftHop(word: string, said: string): Hop {
  const object = said.replace(/ ?(refused|granted)$/, '').replace(/^term /, '');
  if (word === 'AppendEntries' && object === '') return hop('raft.AppendEntries.empty');
  return hop((said.endsWith('refused') ? REFUSALS[word] : undefined) ?? RAFT[word] ?? 'hop.raft', object);
}

const REFUSALS: Record<string, TextKey> = {
  AppendReply: 'raft.AppendReply.refused',
  PreVoteReply: 'raft.PreVoteReply.refused',
  VoteReply: 'raft.VoteReply.refused',
};

const RAFT: Record<string, TextKey> = {
  Propose: 'raft.Propose',
  AppendEntries: 'raft.AppendEntries',
  AppendReply: 'raft.AppendReply',
  Heartbeat: 'raft.Heartbeat',
  HeartbeatReply: 'raft.HeartbeatReply',
  ReadIndex: 'raft.ReadIndex',
  ReadIndexReply: 'raft.ReadIndexReply',
  RequestPreVote: 'raft.RequestPreVote',
  PreVoteReply: 'raft.PreVoteReply',
  RequestVote: 'raft.RequestVote',
  VoteReply: 'raft.VoteReply',
  InstallSnapshot: 'raft.InstallSnapshot',
  TimeoutNow: 'raft.TimeoutNow',
};

const CRI: Record<string, TextKey> = {
  RunPodSandbox: 'cri.RunPodSandbox',
  StopPodSandbox: 'cri.StopPodSandbox',
  RemovePodSandbox: 'cri.RemovePodSandbox',
  ImageStatus: 'cri.ImageStatus',
  PullImage: 'cri.PullImage',
  CreateContainer: 'cri.CreateContainer',
  StartContainer: 'cri.StartContainer',
  StopContainer: 'cri.StopContainer',
  RemoveContainer: 'cri.RemoveContainer',
  ExecSync: 'cri.ExecSync',
};

const EVENTS: Record<string, TextKey> = {
  CONTAINER_CREATED_EVENT: 'cri.created',
  CONTAINER_STARTED_EVENT: 'cri.started',
  CONTAINER_STOPPED_EVENT: 'cri.stopped',
  CONTAINER_DELETED_EVENT: 'cri.deleted',
};

function imageHop(label: string, ends: Ends): Hop {
  const size = /^(\d+) bytes$/.exec(label);
  if (size) return hop('hop.image.bytes', label);
  const image = /\/v2\/(.+)\/(?:manifests|blobs)\//.exec(label)?.[1] ?? '';
  if (ends.source === 'registry') return hop('hop.image.answer', image);
  return hop(label.includes('/blobs/') ? 'hop.image.layer' : 'hop.image', image);
}
