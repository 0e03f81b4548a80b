/** English. Keys are shared with every other language; `{name}` is filled in. One file an area of the page. */
import { acts } from './acts';
import { branches } from './branches';
import { charts } from './charts';
import { events } from './events';
import { faults } from './faults';
import { inside } from './inside';
import { hops } from './hops';
import { inspector } from './inspector';
import { names } from './names';
import { narration } from './narration';
import { objects } from './objects';
import { raft } from './raft';
import { remedies } from './remedies';
import { scenes } from './scenes';
import { scheduling } from './scheduling';
import { sequence } from './sequence';
import { shell } from './shell';
import { stage } from './stage';
import { terminal } from './terminal';
import { time } from './time';

export const en = {
  ...acts,
  ...branches,
  ...charts,
  ...events,
  ...faults,
  ...inside,
  ...hops,
  ...inspector,
  ...names,
  ...narration,
  ...objects,
  ...raft,
  ...remedies,
  ...scenes,
  ...scheduling,
  ...sequence,
  ...shell,
  ...stage,
  ...terminal,
  ...time,
} as const;

export type TextKey = keyof typeof en;
