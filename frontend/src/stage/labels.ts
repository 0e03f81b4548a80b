/** At most three labels, beside the links of the focused flow. A label stands still, so that it can be read. */
import { placeAt, type Route } from './path';
import { element } from './svg';

const MAX_LABELS = 3;
const LEAST_MS = 1500;
const MOST_CHARS = 46;
const HEIGHT = 32;

/** The stage's gutters, in which labels cover the least. */
export interface LabelLanes {
  /** Above the topmost cards. */
  top: number;
  /** Between etcd and what stands below it. */
  etcdY: number;
  /** The trunk: above it is the control plane. */
  trunkY: number;
  /** Above the workers, where images come in. */
  imageY: number;
}

interface Label {
  id: number;
  words: string;
  group: SVGGElement;
  x: number;
  y: number;
  w: number;
  ageMs: number;
  released: boolean;
}

export class LabelLayer {
  private labels: Label[] = [];
  private width = 1920;
  private height = 1080;
  private lanes: LabelLanes | null = null;
  private readonly pen = document.createElement('canvas').getContext('2d')!;

  constructor(private readonly layer: SVGGElement) {}

  setBounds(width: number, height: number, lanes: LabelLanes | null = null): void {
    this.lanes = lanes;
    this.width = width;
    this.height = height;
  }

  say(id: number, text: string, route: Route, colour: string): void {
    this.drop(this.labels.find((label) => label.id === id));
    const words = text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS - 1)}…` : text;
    this.pen.font = "600 16px 'Inter Variable', 'Noto Sans KR Variable', sans-serif";
    const w = this.pen.measureText(words).width + 36;
    for (const other of this.labels.filter((label) => label.words === words)) this.drop(other, true);
    const { x, y, crowded } = this.spot(route, w);
    for (const other of [...this.labels]) if ((other.released || crowded) && overlap(other, x, y, w)) this.drop(other, true);
    const label: Label = { id, words, group: drawn(words, w, colour), x, y, w, ageMs: 0, released: false };
    label.group.setAttribute('transform', `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
    this.layer.append(label.group);
    label.group.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 140 });
    this.labels.push(label);
    while (this.labels.length > MAX_LABELS) this.drop(this.labels[0]);
  }

  /** The message has arrived: its label may go once it has been read. */
  release(id: number): void {
    const label = this.labels.find((item) => item.id === id);
    if (label) label.released = true;
  }

  frame(wallMs: number): void {
    for (const label of [...this.labels]) {
      label.ageMs += wallMs;
      if ((label.released && label.ageMs > LEAST_MS) || label.ageMs > 6000) this.drop(label);
    }
  }

  clear(): void {
    for (const label of [...this.labels]) this.drop(label);
  }

  /** Where the label stands; `crowded`: there is no room to step aside, what stands there already gives way. */
  private spot(route: Route, w: number): { x: number; y: number; crowded: boolean } {
    const zone = zoneOf(route, this.lanes);
    const crowded = zone === 'control' || zone === 'node';
    let { x, y } = this.beside(route, zone, w);
    x = Math.min(Math.max(8, x), this.width - w - 8);
    for (const other of this.labels) {
      if (crowded || other.released || !overlap(other, x, y, w)) continue;
      if (zone === 'top' || zone === 'band') x = Math.min(other.x + other.w + 10, this.width - w - 8);
      else y = other.y + HEIGHT + 8;
    }
    return { x, crowded, y: Math.min(y, this.height - HEIGHT - 4) };
  }

  /** Beside the middle of the way, in the gutter of its zone. */
  private beside(route: Route, zone: Zone, w: number): { x: number; y: number } {
    const middle = placeAt(route, 0.5);
    const centred = middle.x - w / 2;
    switch (zone) {
      case 'top':
        return { x: centred, y: this.lanes!.top };
      case 'control':
        return { x: centred, y: (route.length > 60 ? this.lanes!.etcdY : middle.y) - HEIGHT / 2 };
      case 'band':
        return { x: centred, y: middle.y - HEIGHT - 10 };
      case 'node':
        return { x: centred, y: middle.y + 10 };
      case 'level':
        return { x: centred, y: middle.y + 20 };
      default: {
        const room = middle.x + 24 + w <= this.width - 8;
        return { x: room ? middle.x + 24 : middle.x - 24 - w, y: middle.y - HEIGHT / 2 };
      }
    }
  }

  /** Fades; at once where another takes its place. */
  private drop(label: Label | undefined, atOnce = false): void {
    if (!label) return;
    this.labels = this.labels.filter((item) => item !== label);
    if (atOnce) {
      label.group.remove();
      return;
    }
    const fading = label.group.animate([{ opacity: 1 }, { opacity: 0 }], { duration: 180 });
    fading.onfinish = () => label.group.remove();
    fading.oncancel = () => label.group.remove();
  }
}

/** Parts of the stage that have a gutter of their own for labels; `level` and `upright` are anywhere else. */
type Zone = 'top' | 'control' | 'band' | 'node' | 'level' | 'upright';

function zoneOf(route: Route, lanes: LabelLanes | null): Zone {
  const middle = placeAt(route, 0.5);
  const level = Math.abs(Math.cos((middle.angle * Math.PI) / 180)) > 0.7;
  if (!lanes) return level ? 'level' : 'upright';
  const above = middle.y < lanes.trunkY - 20;
  if (!level) return above ? 'control' : 'upright';
  if (above) return route.length < 120 || middle.y < 60 ? 'top' : 'level';
  if (middle.y <= lanes.trunkY + 20) return 'level';
  return middle.y < lanes.imageY + 8 ? 'band' : 'node';
}

function overlap(label: Label, x: number, y: number, w: number): boolean {
  const apart = x > label.x + label.w + 8 || x + w + 8 < label.x;
  return !apart && Math.abs(label.y - y) < HEIGHT + 6;
}

function drawn(words: string, w: number, colour: string): SVGGElement {
  const group = element('g', 'label');
  group.style.color = colour;
  const back = element('rect');
  back.setAttribute('width', w.toFixed(1));
  back.setAttribute('height', String(HEIGHT));
  back.setAttribute('rx', String(HEIGHT / 2));
  const text = element('text');
  text.setAttribute('x', (w / 2).toFixed(1));
  text.setAttribute('y', String(HEIGHT / 2 + 5.5));
  text.textContent = words;
  group.append(back, text);
  return group;
}
