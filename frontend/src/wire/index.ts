/** The wire as the browser reads it: the generated types, with every field that the server always sends made present. */
import type * as wire from '../generated/records';

/** The server sends defaults too: what the schema calls optional is there in what comes from it. */
export type Full<T> = T extends readonly (infer Item)[]
  ? Full<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Full<Exclude<T[Key], undefined>> }
    : T;

export type HostRecord = Full<wire.HostRecord>;
export type ComponentRecord = Full<wire.ComponentRecord>;
export type LinkRecord = Full<wire.LinkRecord>;
export type RaftRecord = Full<wire.RaftRecord>;
export type LogEntry = Full<wire.LogEntry>;
export type TimerRecord = Full<wire.TimerRecord>;
export type QuorumRecord = Full<wire.QuorumRecord>;
export type SafetyRecord = Full<wire.SafetyRecord>;
export type Lamp = Full<wire.Lamp>;
export type NodeRecord = Full<wire.NodeRecord>;
export type ContainerView = Full<wire.ContainerView>;
export type PodRecord = Full<wire.PodRecord>;
export type ObjectRecord = Full<wire.ObjectRecord>;
export type DecisionRecord = Full<wire.DecisionRecord>;
export type NodeVerdict = Full<wire.NodeVerdict>;
export type Refusal = Full<wire.Refusal>;
export type Remedy = Full<wire.Remedy>;
export type WayIn = Full<wire.WayIn>;
export type BindingRecord = Full<wire.BindingRecord>;
export type WaitingPod = Full<wire.WaitingPod>;
export type QueueRecord = Full<wire.QueueRecord>;
export type SchedulerRecord = Full<wire.SchedulerRecord>;
export type FlowRecord = Full<wire.FlowRecord>;
export type SceneRecord = Full<wire.SceneRecord>;
export type ChaosRecord = Full<wire.ChaosRecord>;
export type InteriorRecord = Full<wire.InteriorRecord>;
export type AnyRecord =
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
  | ChaosRecord
  | TimerRecord
  | QuorumRecord
  | SafetyRecord
  | InteriorRecord;
export type RecordType = AnyRecord['type'];
export type RecordOf<T extends RecordType> = Extract<AnyRecord, { type: T }>;

export interface Change {
  t_ns: number;
  id: string;
  record: AnyRecord | null;
}
export type MessageView = Full<wire.MessageView>;
export type Protocol = MessageView['protocol'];
export type Outcome = Full<wire.Outcome>;
export type Mark = Full<wire.Mark>;
export type MarkKind = Mark['kind'];
export type Pace = Full<wire.Pace>;
export type PaceMode = Pace['mode'];
export type Stretch = Full<wire.Stretch>;
export type RunInfo = Full<wire.RunInfo>;
export type BranchView = Full<wire.BranchView>;
export type ChapterView = Full<wire.ChapterView>;
export type RunLink = Full<wire.RunLink>;

export interface Snapshot {
  type: 'snapshot';
  seq: number;
  run: RunInfo;
  now_ns: number;
  records: AnyRecord[];
  messages: MessageView[];
  marks: Mark[];
  pace: Pace;
  branches: BranchView[];
}
/** What the schema gives a default may be left out of a batch that has nothing of it. */
export interface Batch {
  type: 'batch';
  seq: number;
  stretch: Stretch;
  changes?: Change[];
  messages?: MessageView[];
  outcomes?: Outcome[];
  marks?: Mark[];
  pace?: Pace | null;
  digest?: string | null;
  branches?: BranchView[] | null;
}
export type ServerFrame = Snapshot | Batch;
export type Hello = wire.Hello;

export type EventView = Full<wire.EventView>;
export type SequenceStep = Full<wire.SequenceStep>;
export type SequenceReply = Full<wire.SequenceReply>;
export type MetricsReply = Full<wire.MetricsReply>;
export type EventBrief = Full<wire.EventBrief>;
export type ControlRequest = wire.ControlRequest;
export type FaultRequest = wire.FaultRequest;
export type ChaosRequest = wire.ChaosRequest;
export type FaultName = FaultRequest['fault'];
export type ApplyReply = Full<wire.ApplyReply>;
export interface FlowView {
  flow: FlowRecord;
  steps: EventBrief[];
}
export type Layer = Full<wire.Layer>;
export type EventRow = Full<wire.EventRow>;
export type EventPage = Omit<Full<wire.EventPage>, 'counts'> & { counts: Record<string, number> };
export type LogRow = Full<wire.LogRow>;
export type LogPage = Omit<Full<wire.LogPage>, 'lines'> & { lines: Record<string, number> };
export type KindView = Full<wire.KindView>;
export type ObjectRow = Omit<Full<wire.ObjectRow>, 'labels'> & { labels: Record<string, string> };
export type ObjectList = Omit<Full<wire.ObjectList>, 'rows'> & { rows: ObjectRow[] };
export type ObjectView = Omit<Full<wire.ObjectReply>, 'object'> & { object: Record<string, unknown> };
export type StandingRow = Full<wire.StandingRow>;
export type ObservationView = Full<wire.ObservationView>;
export type EventLine = Full<wire.EventLine>;
export type VersionView = Full<wire.VersionView>;
export type ObjectHistory = Full<wire.ObjectHistory>;
export interface SchemaReply {
  root: string;
  schemas: Record<string, unknown>;
}
export type TryResult = Full<wire.TryResult>;
export type TryReply = Full<wire.TryReply>;
export type SceneInfo = Full<wire.SceneView>;
