/** The clock's buttons: in the present they are the server's, in the past they go through the recording. */
import { theatre } from '../state/theatre.svelte';
import { control } from './actions';
import { type Step, stepForward } from './past';

export function playOrPause(): void {
  if (theatre.live) control({ action: theatre.pace.paused ? 'play' : 'pause' });
  else if (theatre.direction === 1) theatre.standStill();
  else theatre.playPast(1);
}

export function goOn(step: Step): void {
  if (theatre.live) control({ action: 'step', step });
  else void stepForward(step);
}

export function skip(): void {
  if (theatre.live) control({ action: 'skip' });
  else void stepForward('milestone');
}
