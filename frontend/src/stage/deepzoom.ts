/**
 * Joins the camera to what is opened: opening flies to the card, leaving flies back to where one came from; and who zooms
 * so deep that a card takes more than half of the stage opens it.
 */
import { untrack } from 'svelte';
import { route } from '../state/route.svelte';
import { camera } from './camera.svelte';
import type { Box, StageLayout } from './layout';
import { goUp, open, type Opened, pathTo } from './opened.svelte';
import type { PodPlace } from './pods';

const WIDE = 0.55;

export class DeepZoom {
  private was = false;

  constructor(
    private readonly boxOf: (what: Opened) => Box | null,
    private readonly layout: () => StageLayout,
    private readonly pods: () => readonly PodPlace[],
  ) {
    camera.onNearer = (x, y) => this.nearer(x, y);
    camera.onAway = () => goUp();
  }

  /** Runs in an effect: the camera is where what is opened asks it to be. */
  follow(): void {
    const what = route.open;
    void [camera.pixels.w, camera.pixels.h, this.layout()];
    untrack(() => {
      if (what && !this.was) camera.before = camera.held ? null : camera.here;
      camera.held = what !== null;
      const outermost = pathTo(what)[0];
      const box = outermost && this.boxOf(outermost);
      if (box) camera.fly(camera.spotOn(box));
      else if (!what && this.was) camera.fly(camera.before);
      this.was = what !== null;
    });
  }

  private nearer(x: number, y: number): void {
    const holds = (box: Box) => x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h;
    const wide = (box: Box) => box.w * camera.unit > WIDE * camera.pixels.w && holds(box);
    const layout = this.layout();
    const pod = this.pods().find(wide);
    const component = [...layout.components.values()].find(wide);
    const host = layout.hosts.find((box) => !['client', 'load-balancer', 'outside'].includes(box.look) && wide(box));
    const what: Opened | null = pod
      ? { kind: 'pod', id: pod.pod.uid }
      : component
        ? { kind: 'component', id: component.id }
        : host
          ? { kind: 'host', id: host.name }
          : null;
    if (!what) return;
    // Going back leads to where the card takes less than half again.
    const here = camera.here;
    open(what);
    camera.before = here && { ...here, zoom: Math.max(1, here.zoom * 0.72) };
    this.was = true;
  }
}
