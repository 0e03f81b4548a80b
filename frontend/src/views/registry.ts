/**
 * The views. A new one is a folder here, a name in `VIEWS` of state/route.svelte.ts, a line below, an icon and a word of the
 * same name. What is heavy (terminal, editor, charts) is loaded when it is opened, so that the first screen stays light.
 */
import type { Component } from 'svelte';
import type { ViewName } from '../state/route.svelte';
import Stage from '../stage/Stage.svelte';

type Load = () => Promise<{ default: Component }>;

/** The view that is there from the first moment; the others come when they are opened. */
export const FIRST: ViewName = 'stage';

export const LOADS: Record<ViewName, Load> = {
  stage: () => Promise.resolve({ default: Stage }),
  sequence: () => import('./sequence/SequenceView.svelte'),
  raft: () => import('./raft/RaftView.svelte'),
  scheduling: () => import('./scheduling/SchedulingView.svelte'),
  objects: () => import('./objects/ObjectsView.svelte'),
  events: () => import('./events/EventsView.svelte'),
  terminal: () => import('./terminal/TerminalView.svelte'),
  charts: () => import('./charts/ChartsView.svelte'),
  compare: () => import('./compare/CompareView.svelte'),
  scenes: () => import('./scenes/ScenesView.svelte'),
};
