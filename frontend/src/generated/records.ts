// Made by `make types` from the models in backend/orrery/theatre/records: not to be edited.
// schema sha256 182561bc43fd3647afd386ebd016a3b9b0d2938e7549d57d27c35980b16903f8

/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ServerFrame".
 */
export type ServerFrame = Snapshot | Batch;

export interface Records {
  [k: string]: unknown;
}
/**
 * What a person's act became: the flow that follows from it.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Accepted".
 */
export interface Accepted {
  flow: number;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Amount".
 */
export interface Amount {
  amount: string;
  resource: string;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "AnswerCount".
 */
export interface AnswerCount {
  code: number;
  count: number;
  verb: string;
}
/**
 * How many requests an API server has answered so far. Heartbeats and health checks
 * are in the total of its component record alone.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "AnswersPart".
 */
export interface AnswersPart {
  counts: AnswerCount[];
  kind?: "answers";
}
/**
 * What became of an act, and the flow that follows from it. No results: the cluster has not answered in time.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ApplyReply".
 */
export interface ApplyReply {
  flow: number;
  results: ApplyResult[];
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ApplyResult".
 */
export interface ApplyResult {
  message?: string;
  object: string;
  verb: "created" | "configured" | "unchanged" | "deleted" | "failed";
  why?: "" | "no-quorum" | "unreachable";
}
/**
 * POST /api/apply: YAML or JSON, several documents too, as `kubectl apply -f -` takes them.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ApplyRequest".
 */
export interface ApplyRequest {
  text: string;
}
/**
 * An API server as the load balancer sees it.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "BackendPart".
 */
export interface BackendPart {
  backend: string;
  kind?: "backend";
  reason: string;
  since_ns: number;
  up: boolean;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Batch".
 */
export interface Batch {
  branches?: BranchView[] | null;
  changes?: Change[];
  digest?: string | null;
  marks?: Mark[];
  messages?: MessageView[];
  outcomes?: Outcome[];
  pace?: Pace | null;
  seq: number;
  stretch: Stretch;
  type?: "batch";
}
/**
 * One of the runs that the server keeps: the first, one that was forked from another's past, or one that was opened
 * from a link or file.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "BranchView".
 */
export interface BranchView {
  clients?: boolean;
  digest?: string;
  forked_ns: number | null;
  id: string;
  message?: string;
  name: string;
  now_ns?: number;
  parent: string | null;
  progress?: number;
  same?: boolean | null;
  seed: number;
  state: "making" | "ready" | "failed";
}
/**
 * From `t_ns` on, the thing `id` is `record`; None: it is gone.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Change".
 */
export interface Change {
  id: string;
  record:
    | (
        | HostRecord
        | ComponentRecord
        | LinkRecord
        | RaftRecord
        | NodeRecord
        | PodRecord
        | ObjectRecord
        | DecisionRecord
        | BindingRecord
        | QueueRecord
        | SchedulerRecord
        | FlowRecord
        | SceneRecord
        | TimerRecord
        | QuorumRecord
        | SafetyRecord
        | InteriorRecord
        | ChaosRecord
      )
    | null;
  t_ns: number;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "HostRecord".
 */
export interface HostRecord {
  clock_skew_ns?: number;
  disk_full?: boolean;
  disk_slow_ns?: number;
  id: string;
  ip: string;
  name: string;
  order: number;
  role: "client" | "load-balancer" | "control-plane" | "etcd" | "worker" | "outside";
  type?: "host";
  up: boolean;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ComponentRecord".
 */
export interface ComponentRecord {
  host: string;
  id: string;
  leader?: boolean | null;
  name: string;
  reason?: string;
  requests?: number;
  restarts?: number;
  since_ns: number;
  state: "running" | "hung" | "crashed" | "stopped";
  type?: "component";
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "LinkRecord".
 */
export interface LinkRecord {
  a: string;
  b: string;
  cut: "no" | "both" | "a-to-b" | "b-to-a";
  drop?: number;
  id: string;
  slow_ns?: number;
  type?: "link";
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "RaftRecord".
 */
export interface RaftRecord {
  applied: number;
  ballots?: {
    [k: string]: "granted" | "refused" | "waiting";
  };
  cast?: Cast | null;
  commit: number;
  component: string;
  counting?: Counting | null;
  first_index: number;
  id: string;
  last_index: number;
  leader: string | null;
  log?: LogEntry[];
  member: string;
  peers?: Peer[];
  role: "follower" | "pre-candidate" | "candidate" | "leader";
  term: number;
  type?: "raft";
  vote: string | null;
}
/**
 * The last ballot that a member cast, and why it cast it so.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Cast".
 */
export interface Cast {
  candidate: string;
  granted: boolean;
  pre: boolean;
  reason: Words;
  t_ns: number;
  term: number;
}
/**
 * A text for people, in both languages of the page.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Words".
 */
export interface Words {
  en: string;
  ko: string;
}
/**
 * The count of a candidate, or of the leader when it was elected; `ballots` has the votes themselves.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Counting".
 */
export interface Counting {
  needed: number;
  outcome: "pending" | "won" | "lost";
  pre: boolean;
  term: number;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "LogEntry".
 */
export interface LogEntry {
  index: number;
  term: number;
  text?: string;
}
/**
 * What a leader knows of another member's log: they agree up to `match`, and it will send from `next` on.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Peer".
 */
export interface Peer {
  match: number;
  member: string;
  next: number;
  state: "probing" | "replicating" | "snapshotting";
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "NodeRecord".
 */
export interface NodeRecord {
  cpu_milli: number;
  cpu_requested_milli: number;
  host: string;
  id: string;
  images?: string[];
  lease_renewed_ns: number | null;
  memory_bytes: number;
  memory_requested_bytes: number;
  name: string;
  pods: number;
  pods_max: number;
  ready: "True" | "False" | "Unknown";
  ready_since_ns: number;
  taints?: string[];
  type?: "node";
  unschedulable: boolean;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "PodRecord".
 */
export interface PodRecord {
  containers?: ContainerView[];
  created_ns: number;
  decision?: string | null;
  flow: number;
  id: string;
  ip: string | null;
  lost: boolean;
  message?: string;
  name: string;
  namespace: string;
  node: string | null;
  owner: string | null;
  phase: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
  ready: boolean;
  restarts?: number;
  scheduler?: string;
  status: string;
  terminating: boolean;
  type?: "pod";
  uid: string;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ContainerView".
 */
export interface ContainerView {
  image: string;
  name: string;
  ready: boolean;
  reason?: string;
  restarts: number;
  state: "waiting" | "running" | "terminated";
}
/**
 * Any other object, in one line; its whole text is fetched from /api/object when it is opened.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ObjectRecord".
 */
export interface ObjectRecord {
  id: string;
  kind: string;
  name: string;
  namespace: string;
  owner?: string | null;
  resource: string;
  resource_version: number;
  summary: string;
  type?: "object";
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "DecisionRecord".
 */
export interface DecisionRecord {
  all_nodes: number;
  attempt: number;
  began_ns: number;
  constraints: Constraint[];
  evaluated: number;
  event: number;
  failed: boolean;
  feasible: number;
  filters: Filter[];
  flow: number;
  id: string;
  message: string;
  nodes: NodeVerdict[];
  pod: string;
  pod_uid: string;
  priority: number;
  refusals: Refusal[];
  refused_by?: string[];
  remedies: Remedy[];
  requests: Amount[];
  scheduler: string;
  scorers: Scorer[];
  selected: string | null;
  tied?: string[];
  time_ns: number;
  type?: "decision";
  victims?: string[];
  way_in?: WayIn | null;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Constraint".
 */
export interface Constraint {
  field: "nodeSelector" | "required" | "preferred" | "toleration";
  text: string;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Filter".
 */
export interface Filter {
  plugin: string;
  skipped?: boolean;
}
/**
 * A node in a decision. Scores are in the order of the decision's scorers, those that skipped left out.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "NodeVerdict".
 */
export interface NodeVerdict {
  node: string;
  normalized?: number[];
  raw?: number[];
  refusal?: number | null;
  remedies?: number[];
  total?: number | null;
  weighted?: number[];
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Refusal".
 */
export interface Refusal {
  code: "Unschedulable" | "UnschedulableAndUnresolvable" | "Error";
  plugin: string;
  reasons?: string[];
}
/**
 * One change that would help, from the plugin that refused; the page words it by kind.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Remedy".
 */
export interface Remedy {
  arguments?: {
    [k: string]: string | number;
  };
  kind:
    | "uncordon"
    | "recover"
    | "relieve"
    | "tolerate"
    | "ask-less"
    | "ask-none"
    | "pods-leave"
    | "allow-pods"
    | "label"
    | "unlabel"
    | "drop-selector"
    | "allow-node"
    | "drop-affinity"
    | "name-node"
    | "add-node";
  plugin: string;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Scorer".
 */
export interface Scorer {
  plugin: string;
  skipped?: boolean;
  weight: number;
}
/**
 * The change that takes least, for the whole Pod.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "WayIn".
 */
export interface WayIn {
  node: string;
  nodes: number;
  remedies: Remedy[];
}
/**
 * The binding that a decision led to, as far as it has come.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "BindingRecord".
 */
export interface BindingRecord {
  answered?: number | null;
  answered_ns?: number | null;
  decision: string;
  id: string;
  message: string;
  node: string;
  pod: string;
  requested_ns: number;
  revision?: number | null;
  state: "requested" | "bound" | "failed";
  stored_ns?: number | null;
  type?: "binding";
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "QueueRecord".
 */
export interface QueueRecord {
  active: WaitingPod[];
  backoff: WaitingPod[];
  component: string;
  counts: number[];
  id: string;
  in_hand?: WaitingPod | null;
  type?: "queue";
  unschedulable: WaitingPod[];
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "WaitingPod".
 */
export interface WaitingPod {
  attempts: number;
  due_ns: number;
  pod: string;
  priority: number;
  refused_by?: string[];
  since_ns: number;
  uid: string;
  woken_by?: string;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "SchedulerRecord".
 */
export interface SchedulerRecord {
  component: string;
  hints: Hints[];
  id: string;
  points: Point[];
  profile: string;
  type?: "scheduler";
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Hints".
 */
export interface Hints {
  events: string[];
  plugin: string;
}
/**
 * An extension point of the cycle and the plugins that are called there, in order.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Point".
 */
export interface Point {
  plugins: string[];
  point: string;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "FlowRecord".
 */
export interface FlowRecord {
  arguments?: {
    [k: string]: string | number;
  };
  flow: number;
  id: string;
  in_flight: number;
  kind: "request" | "fault" | "election" | "eviction" | "controller" | "kubelet" | "other";
  last_ns: number;
  started_ns: number;
  steps: number;
  subject: string;
  title: string;
  type?: "flow";
  what?: string;
}
/**
 * The scene that is being played: where it is, and what it says.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "SceneRecord".
 */
export interface SceneRecord {
  id?: "scene";
  say: Words | null;
  scene: string;
  state: "playing" | "done" | "failed";
  step: number;
  steps: number;
  title: Words;
  type?: "scene";
}
/**
 * The election timer of a member that follows or stands: at zero it stands for election. Gone where there is none.
 *
 * While heartbeats come, the timer is started again at least each `beat_ns` from `started_ns` on; only what departs
 * from this is told, so that a quiet cluster tells nothing. None: it has not been started again since.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "TimerRecord".
 */
export interface TimerRecord {
  beat_ns: number | null;
  component: string;
  id: string;
  started_ns: number;
  timeout_ns: number;
  type?: "timer";
}
/**
 * Whether there is a quorum, and why nobody can win without one.
 *
 * held: the leader reaches a majority; shaken: it does not, and will step down; open: no leader, but somebody can win;
 * lost: nobody can.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "QuorumRecord".
 */
export interface QuorumRecord {
  id?: "quorum";
  leader: string | null;
  needed: number;
  say: Words;
  state: "held" | "shaken" | "open" | "lost";
  together: number;
  type?: "quorum";
  voters: Voter[];
}
/**
 * One member, and what would come of its standing for election now.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Voter".
 */
export interface Voter {
  can_win: boolean;
  member: string;
  reaches: string[];
  state: "running" | "hung" | "down";
  votes: number;
  why: Words;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "SafetyRecord".
 */
export interface SafetyRecord {
  id?: "safety";
  lamps: Lamp[];
  since_ns: number;
  told_ns: number;
  type?: "safety";
}
/**
 * One of Raft's safety properties, as the checkers judge it.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Lamp".
 */
export interface Lamp {
  broken_ns?: number | null;
  checks: number;
  event?: number | null;
  example?: Words | null;
  property: "ElectionSafety" | "LeaderAppendOnly" | "LogMatching" | "LeaderCompleteness" | "StateMachineSafety";
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "InteriorRecord".
 */
export interface InteriorRecord {
  id: string;
  of: string;
  part:
    | RequestPart
    | AnswersPart
    | WatchCachePart
    | StorePart
    | KeysPart
    | WritesPart
    | EtcdClientsPart
    | ControllerPart
    | PodWorkerPart
    | SandboxPart
    | ImagePart
    | ServiceRulesPart
    | ProxyPart
    | BackendPart
    | PodDetailPart;
  type?: "interior";
}
/**
 * A request in an API server: what each stage of the chain said, then the answer. Heartbeats are only counted.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "RequestPart".
 */
export interface RequestPart {
  code?: number | null;
  decided_ns?: number | null;
  ended_ns?: number | null;
  event: number;
  kind?: "request";
  name: string;
  namespace: string;
  reason?: string;
  resource: string;
  stages?: StageVerdict[];
  started_ns: number;
  user: string;
  verb: string;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "StageVerdict".
 */
export interface StageVerdict {
  reason: string;
  stage: string;
  verdict: "allow" | "deny" | "changed" | "pass";
}
/**
 * A kind in an API server's watch cache, and who watches it there.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "WatchCachePart".
 */
export interface WatchCachePart {
  kind?: "watch-cache";
  objects: number;
  resource: string;
  watchers: string[];
  watching: number;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "StorePart".
 */
export interface StorePart {
  compacted: number;
  keys: number;
  kind?: "store";
  revision: number;
}
/**
 * The keys of one kind in an etcd member's store.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "KeysPart".
 */
export interface KeysPart {
  counts: {
    [k: string]: number;
  };
  kind?: "keys";
  prefix: string;
}
/**
 * The last writes that a member applied, newest first, heartbeats left out.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "WritesPart".
 */
export interface WritesPart {
  kind?: "writes";
  writes: WriteView[];
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "WriteView".
 */
export interface WriteView {
  change: "create" | "update" | "delete";
  event: number;
  key: string;
  revision: number;
  t_ns: number;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "EtcdClientsPart".
 */
export interface EtcdClientsPart {
  kind?: "etcd-clients";
  leases: LeaseView[];
  watches: EtcdWatchView[];
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "LeaseView".
 */
export interface LeaseView {
  granted_ns: number;
  lease: string;
  ttl_s: number;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "EtcdWatchView".
 */
export interface EtcdWatchView {
  key: string;
  open_ns: number;
  peer: string;
}
/**
 * One loop: what waits in its queue, what its workers have in hand, and the differences that it acted upon.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ControllerPart".
 */
export interface ControllerPart {
  acts: ReconciledView[];
  failed: number;
  kind?: "controller";
  last_key: string;
  last_ns: number;
  name: string;
  synced: number;
  waiting: number;
  working: string[];
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ReconciledView".
 */
export interface ReconciledView {
  acted: number;
  actions: string[];
  difference: string;
  event: number;
  flow: number;
  key: string;
  observed: string;
  t_ns: number;
}
/**
 * A Pod as its kubelet has it.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "PodWorkerPart".
 */
export interface PodWorkerPart {
  kind?: "pod-worker";
  pod: string;
  probes?: ProbeView[];
  since_ns: number;
  state: string;
  uid: string;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ProbeView".
 */
export interface ProbeView {
  container: string;
  output: string;
  probe: string;
  success: boolean;
  t_ns: number;
}
/**
 * A Pod's sandbox and the containers in it, as the runtime has them.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "SandboxPart".
 */
export interface SandboxPart {
  containers?: RuntimeContainer[];
  ip: string;
  kind?: "sandbox";
  network_ns?: number | null;
  pod: string;
  sandbox: string;
  since_ns: number;
  state: string;
  uid: string;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "RuntimeContainer".
 */
export interface RuntimeContainer {
  attempt: number;
  exit_code?: number;
  id: string;
  image: string;
  name: string;
  reason?: string;
  since_ns: number;
  state: string;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ImagePart".
 */
export interface ImagePart {
  duration_ns: number;
  image: string;
  kind?: "image";
  layers: LayerView[];
  pulled_ns: number;
  size_bytes: number;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "LayerView".
 */
export interface LayerView {
  digest: string;
  fetched: boolean;
  size_bytes: number;
}
/**
 * What a kube-proxy has written for one port of a Service.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ServiceRulesPart".
 */
export interface ServiceRulesPart {
  chain: string;
  changed_ns: number;
  count: number;
  destinations: string[];
  endpoints: EndpointView[];
  kind?: "service-rules";
  node_port: number;
  service: string;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "EndpointView".
 */
export interface EndpointView {
  endpoint: string;
  node: string;
  probability: number;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ProxyPart".
 */
export interface ProxyPart {
  chains: number;
  kind?: "proxy";
  rules: number;
  synced_ns: number;
}
/**
 * A Pod as it is stored, beyond what its record says.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "PodDetailPart".
 */
export interface PodDetailPart {
  conditions: {
    [k: string]: string;
  };
  grace_s: number;
  kind?: "pod-detail";
  probes: ProbeSpec[];
  qos: string;
  reasons: {
    [k: string]: string;
  };
  requests: {
    [k: string]: string;
  };
  restart_policy: string;
  service_account: string;
  volumes: VolumeView[];
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ProbeSpec".
 */
export interface ProbeSpec {
  container: string;
  failures: number;
  how: string;
  period_s: number;
  probe: string;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "VolumeView".
 */
export interface VolumeView {
  mounts: string[];
  name: string;
  source: string;
}
/**
 * Faults that come by themselves, drawn from a seed, until somebody ends them.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ChaosRecord".
 */
export interface ChaosRecord {
  faults: number;
  id?: "chaos";
  seed: number;
  type?: "chaos";
  wild: boolean;
}
/**
 * A point of the time line; also the source of the one-line narration (texts by kind, in the browser's
 * catalogue).
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Mark".
 */
export interface Mark {
  args?: {
    [k: string]: string | number;
  };
  flow: number;
  id: number;
  kind:
    | "request"
    | "deploy"
    | "scale"
    | "delete"
    | "election"
    | "leader"
    | "no-leader"
    | "fault"
    | "heal"
    | "node-not-ready"
    | "node-ready"
    | "eviction"
    | "scheduled"
    | "unschedulable"
    | "pod-running"
    | "component-crash";
  prominent: boolean;
  subject: string;
  t_ns: number;
}
/**
 * One hop over one link. It is drawn from `source` to `target` between sent_ns and arrives_ns.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "MessageView".
 */
export interface MessageView {
  arrives_ns: number;
  cause: number;
  count?: number;
  event: number;
  flow: number;
  id: number;
  kind: string;
  label: string;
  protocol: "api" | "watch" | "etcd" | "raft" | "cri" | "cni" | "image" | "traffic" | "probe" | "tcp";
  quiet: boolean;
  sent_ns: number;
  source: string;
  target: string;
}
/**
 * How a message ended other than by arriving as foreseen.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Outcome".
 */
export interface Outcome {
  arrives_ns?: number | null;
  message: number;
  reason: string;
  state: "dropped" | "delayed";
  t_ns: number;
  where: "source" | "link" | "target";
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Pace".
 */
export interface Pace {
  factor: number;
  focus: number | null;
  mode: "cinematic" | "real-time" | "fastest";
  paused: boolean;
  rate: number;
  waiting_requests?: number;
}
/**
 * A piece of the playback: virtual time from_ns to to_ns is to be shown in wall_ms.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Stretch".
 */
export interface Stretch {
  from_ns: number;
  to_ns: number;
  wall_ms: number;
}
/**
 * POST /api/branch: renames a branch, closes it, or gives it to the real clients.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "BranchRequest".
 */
export interface BranchRequest {
  action: "rename" | "close" | "attach";
  id: string;
  name?: string;
}
/**
 * POST /api/chaos: faults that come by themselves, or their end.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ChaosRequest".
 */
export interface ChaosRequest {
  on: boolean;
  seed?: number;
  wild?: boolean;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ChapterView".
 */
export interface ChapterView {
  from_ns: number;
  number: number;
  to_ns: number;
}
/**
 * A field that was changed both in the text and, since, by somebody else.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ConflictView".
 */
export interface ConflictView {
  by: string;
  path: string;
  revision: number;
  theirs: string;
}
/**
 * POST /api/control: the clock's buttons.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ControlRequest".
 */
export interface ControlRequest {
  action: "play" | "pause" | "step" | "mode" | "factor" | "focus" | "skip";
  factor?: number | null;
  flow?: number | null;
  mode?: ("cinematic" | "real-time" | "fastest") | null;
  step?: ("event" | "message" | "milestone") | null;
}
/**
 * POST /api/delete
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "DeleteRequest".
 */
export interface DeleteRequest {
  name: string;
  namespace?: string;
  resource: string;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ErrorDetail".
 */
export interface ErrorDetail {
  field?: string;
  message: string;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ErrorReply".
 */
export interface ErrorReply {
  error: ErrorDetail;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "EventBrief".
 */
export interface EventBrief {
  event: number;
  protocol?: ("api" | "watch" | "etcd" | "raft" | "cri" | "cni" | "image" | "traffic" | "probe" | "tcp") | null;
  source: string;
  t_ns: number;
  target?: string;
  title: string;
  type: string;
}
/**
 * A Kubernetes Event about the object.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "EventLine".
 */
export interface EventLine {
  count: number;
  first_ns: number;
  id: string;
  last_ns: number;
  message: string;
  reason: string;
  source: string;
  type: string;
}
/**
 * GET /api/events: a stretch of the list, oldest first.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "EventPage".
 */
export interface EventPage {
  counts: {
    [k: string]: number;
  };
  kept_from_ns: number;
  last: number;
  newer: number;
  older: number | null;
  quiet_from_ns: number;
  rows: EventRow[];
}
/**
 * One event in a list.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "EventRow".
 */
export interface EventRow {
  event: number;
  flow: number;
  message?: number;
  part?: string;
  protocol?: ("api" | "watch" | "etcd" | "raft" | "cri" | "cni" | "image" | "traffic" | "probe" | "tcp") | null;
  quiet?: boolean;
  source: string;
  t_ns: number;
  target?: string;
  title: string;
  type: string;
}
/**
 * GET /api/event/<id>: one trace event, why it happened and what it caused.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "EventView".
 */
export interface EventView {
  answer?: EventBrief | null;
  causes: EventBrief[];
  effects: EventBrief[];
  event: number;
  fields: {
    [k: string]: unknown;
  };
  flow: number;
  latency_ns?: number | null;
  layers?: Layer[];
  source: string;
  t_ns: number;
  title: string;
  type: string;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Layer".
 */
export interface Layer {
  facts: Fact[];
  name: "link" | "connection" | "call" | "content";
}
/**
 * One thing about a layer; the page has words for the key.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Fact".
 */
export interface Fact {
  event?: number | null;
  key: string;
  ns?: number | null;
  text?: string;
}
/**
 * POST /api/fault: what to break or mend. Process faults name a component, host faults a host, link faults a host
 * and its peer.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "FaultRequest".
 */
export interface FaultRequest {
  component?: string | null;
  extra_ms?: number | null;
  fault:
    | "crash-process"
    | "restart-process"
    | "hang-process"
    | "resume-process"
    | "crash-host"
    | "restart-host"
    | "cut-link"
    | "heal-link"
    | "slow-link"
    | "drop-link"
    | "partition"
    | "skew-clock"
    | "slow-disk"
    | "fill-disk"
    | "heal-disk"
    | "heal-links"
    | "heal-all";
  groups?: string[][] | null;
  host?: string | null;
  one_way?: boolean;
  peer?: string | null;
  probability?: number | null;
  skew_ms?: number | null;
}
/**
 * GET /api/flow/<flow>: the messages and decisions of a flow in order, heartbeats left out.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "FlowReply".
 */
export interface FlowReply {
  flow: FlowRecord;
  steps: EventBrief[];
}
/**
 * POST /api/fork?branch=: a new branch that leaves another at an instant of its past.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ForkRequest".
 */
export interface ForkRequest {
  name?: string;
  t_ns: number;
}
/**
 * Browser to server, first frame: where it left off, to go on without loss.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Hello".
 */
export interface Hello {
  branch?: string;
  run?: string | null;
  seq?: number | null;
  type?: "hello";
}
/**
 * A kind that the API server serves.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "KindView".
 */
export interface KindView {
  api_version: string;
  columns: string[];
  kind: string;
  namespaced: boolean;
  resource: string;
  short: string;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "LectureStep".
 */
export interface LectureStep {
  event: number;
  number: number;
}
/**
 * GET /api/logs: a stretch of a log, oldest first.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "LogPage".
 */
export interface LogPage {
  kept_from_ns: number;
  lines: {
    [k: string]: number;
  };
  newer: number;
  older: number | null;
  rows: LogRow[];
}
/**
 * A line of a component's log, or a change of its state between two lines.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "LogRow".
 */
export interface LogRow {
  event: number;
  flow: number;
  kind: "line" | "state";
  level?: string;
  source: string;
  stamp?: string;
  t_ns: number;
  text: string;
  type: string;
}
/**
 * GET /api/metrics: series over virtual time. Each has a value for each step, or None where nothing was measured.
 *
 * Rates are a second: "commits", "messages/<protocol>", "verb/<verb>", "code/<status code>". Durations are in
 * milliseconds, "/p50" and "/p99": "commit", "raft", "api", "scheduling". The highest within a step: "queue/<part>",
 * "work/<controller>". As it was at a step's end: "pods/<phase>", "nodes/<readiness>".
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "MetricsReply".
 */
export interface MetricsReply {
  series: {
    [k: string]: (number | null)[];
  };
  step_s: number;
  t_s: number[];
}
/**
 * GET /api/object/history: versions, the newest first.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ObjectHistory".
 */
export interface ObjectHistory {
  more: boolean;
  versions: VersionView[];
  whole_from_ns: number;
}
/**
 * One version of an object.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "VersionView".
 */
export interface VersionView {
  changed: string[];
  event: number;
  flow: number;
  more: number;
  revision: number;
  t_ns: number;
  uid: string;
  verb: "created" | "updated" | "deleted";
  writer: WriterView | null;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "WriterView".
 */
export interface WriterView {
  agent: string;
  component: string;
  event: number;
  user: string;
}
/**
 * GET /api/objects: what existed at an instant.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ObjectList".
 */
export interface ObjectList {
  at_ns: number;
  kinds: KindView[];
  more: number;
  rows: ObjectRow[];
  whole_from_ns: number;
}
/**
 * One object in a list.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ObjectRow".
 */
export interface ObjectRow {
  cells: string[];
  changed_ns: number;
  created_ns: number;
  deleting: boolean;
  id: string;
  kind: string;
  labels: {
    [k: string]: string;
  };
  name: string;
  namespace: string;
  owner: string | null;
  owner_uid: string | null;
  resource: string;
  revision: number;
  summary: string;
  uid: string;
}
/**
 * GET /api/object: an object as it was at an instant, or in a version.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ObjectReply".
 */
export interface ObjectReply {
  events?: EventLine[];
  latest?: boolean;
  object: {
    [k: string]: unknown;
  };
  observed?: ObservationView[];
  revision?: number;
  standing?: StandingRow[];
  t_ns?: number;
  text: string;
}
/**
 * What somebody who looks after the object last saw in it, and did.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ObservationView".
 */
export interface ObservationView {
  actions: string[];
  by: string;
  difference: string;
  event: number;
  looked_ns: number | null;
  saw: string;
  source: string;
  t_ns: number | null;
}
/**
 * One thing that is wanted, and how it is.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "StandingRow".
 */
export interface StandingRow {
  actual: string;
  actual_count?: number | null;
  key:
    | "replicas"
    | "ready"
    | "updated"
    | "available"
    | "seen"
    | "image"
    | "container"
    | "condition"
    | "node"
    | "phase"
    | "endpoints"
    | "pods"
    | "cpu"
    | "memory"
    | "lease"
    | "members"
    | "deletion";
  name?: string;
  state: "good" | "bad" | "moving" | "unknown";
  wanted: string;
  wanted_count?: number | null;
  why?: string;
}
/**
 * POST /api/open: a run from its link (what stands after "run=") or its file.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "OpenRequest".
 */
export interface OpenRequest {
  text: string;
}
/**
 * Which events are the lecture's sixteen for one Pod; those that have happened.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "PodCreation".
 */
export interface PodCreation {
  pod: string;
  steps: LectureStep[];
}
/**
 * GET /api/recording: the chapters of a run's recording, oldest first. GET /api/recording/<number>: one of them,
 * {"snapshot": Snapshot, "batches": [Batch, ...]}.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "RecordingIndex".
 */
export interface RecordingIndex {
  chapters: ChapterView[];
  now_ns: number;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "RunInfo".
 */
export interface RunInfo {
  branch?: string;
  cluster: string;
  digest: string;
  epoch_s: number;
  horizon_ns?: number;
  id: string;
  kubernetes: string;
  seed: number;
  version: string;
}
/**
 * GET /api/run: the run as a link and as a file.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "RunLink".
 */
export interface RunLink {
  code: string;
  code_bytes: number;
  digest: string;
  inputs: number;
  now_ns: number;
}
/**
 * POST /api/run: begins another run.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "RunRequest".
 */
export interface RunRequest {
  seed: number;
}
/**
 * POST /api/scale
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "ScaleRequest".
 */
export interface ScaleRequest {
  name: string;
  namespace: string;
  replicas: number;
}
/**
 * POST /api/scene: plays a scene.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "SceneRequest".
 */
export interface SceneRequest {
  id: string;
}
/**
 * GET /api/scenes
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "SceneView".
 */
export interface SceneView {
  chapter: string;
  chapter_title: Words;
  id: string;
  own_cluster: boolean;
  steps: number;
  text: Words;
  title: Words;
}
/**
 * GET /api/schema: a kind's part of the API server's own OpenAPI v3 document.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "SchemaReply".
 */
export interface SchemaReply {
  root: string;
  schemas: {
    [k: string]: unknown;
  };
}
/**
 * GET /api/sequence/<flow>?after=<event>: the steps after an event, heartbeats left out; the rest in full.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "SequenceReply".
 */
export interface SequenceReply {
  flow: FlowRecord;
  more: boolean;
  opened: SequenceStep[];
  outcomes: Outcome[];
  pods: PodCreation[];
  steps: SequenceStep[];
  upto: number;
  whole: boolean;
}
/**
 * A message, or (part "act") what a component did or decided by itself.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "SequenceStep".
 */
export interface SequenceStep {
  arrives_ns: number;
  call: number;
  cause: number;
  event: number;
  label: string;
  message: number;
  part:
    | "datagram"
    | "request"
    | "stream"
    | "response"
    | "error"
    | "item"
    | "end"
    | "cancel"
    | "ping"
    | "pong"
    | "syn"
    | "syn-ack"
    | "fin"
    | "reset"
    | "act";
  protocol: ("api" | "watch" | "etcd" | "raft" | "cri" | "cni" | "image" | "traffic" | "probe" | "tcp") | null;
  source: string;
  t_ns: number;
  target: string;
  type: string;
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "Snapshot".
 */
export interface Snapshot {
  branches?: BranchView[];
  marks: Mark[];
  messages: MessageView[];
  now_ns: number;
  pace: Pace;
  records: (
    | HostRecord
    | ComponentRecord
    | LinkRecord
    | RaftRecord
    | NodeRecord
    | PodRecord
    | ObjectRecord
    | DecisionRecord
    | BindingRecord
    | QueueRecord
    | SchedulerRecord
    | FlowRecord
    | SceneRecord
    | TimerRecord
    | QuorumRecord
    | SafetyRecord
    | InteriorRecord
    | ChaosRecord
  )[];
  run: RunInfo;
  seq: number;
  type?: "snapshot";
}
/**
 * No results: the cluster has not answered in time; its clock may be paused.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "TryReply".
 */
export interface TryReply {
  results: TryResult[];
}
/**
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "TryResult".
 */
export interface TryResult {
  after?: string;
  before?: string;
  conflicts?: ConflictView[];
  merged?: string;
  message?: string;
  object: string;
  verb: "created" | "configured" | "unchanged" | "failed";
}
/**
 * POST /api/try: what an apply would come to, without doing it.
 *
 * This interface was referenced by `Records`'s JSON-Schema
 * via the `definition` "TryRequest".
 */
export interface TryRequest {
  revision?: number | null;
  text: string;
}
