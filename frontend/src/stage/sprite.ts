/** The elements of one moving message: the lit piece of its link, and the glyph that can be clicked. */
import type { MessageView } from '../wire';
import type { Place, Point, Route } from './path';
import { colourOf, PROTOCOLS, SHAPES } from './protocols';
import { element } from './svg';

export class Sprite {
  private readonly glyph = element('g', 'message');
  private readonly turning = element('g');
  private readonly shape = element('path', 'shape');
  private readonly halo = element('circle', 'halo');
  private readonly hit = element('circle', 'hit');
  private readonly chosen = element('circle', 'chosen');
  private readonly cross = element('path', 'cross');
  private readonly count = element('text', 'count');
  private readonly lit = element('path', 'trail');
  private readonly glow = element('path', 'trail glow');
  trailed = false;

  constructor(private readonly layers: { trails: SVGGElement; glyphs: SVGGElement }) {
    this.halo.setAttribute('r', '19');
    this.hit.setAttribute('r', '22');
    this.chosen.setAttribute('r', '19');
    this.cross.setAttribute('d', 'M-11 -11L11 11M11 -11L-11 11');
    this.count.setAttribute('x', '14');
    this.count.setAttribute('y', '-10');
    this.turning.append(this.shape);
    this.glyph.append(this.halo, this.chosen, this.turning, this.cross, this.count, this.hit);
  }

  show(message: MessageView, route: Route): void {
    this.glyph.dataset['message'] = String(message.id);
    this.glyph.dataset['protocol'] = message.protocol;
    this.glyph.dataset['flow'] = String(message.flow);
    this.glyph.dataset['source'] = message.source;
    this.glyph.dataset['target'] = message.target;
    delete this.glyph.dataset['lost'];
    this.shape.setAttribute('d', SHAPES[PROTOCOLS[message.protocol].shape]);
    this.count.textContent = message.count > 1 ? `×${message.count}` : '';
    this.lit.setAttribute('d', route.d);
    this.glow.setAttribute('d', route.d);
    this.layers.glyphs.append(this.glyph);
  }

  /** Colour and weight: the focused flow in full with a lit link, the rest at 40 %. */
  dress(message: MessageView, weight: number, focused: boolean, mayTrail: boolean): void {
    const colour = colourOf(message.protocol);
    this.glyph.style.color = colour;
    this.glyph.style.fillOpacity = String(weight);
    this.glyph.dataset['focused'] = String(focused);
    for (const path of [this.lit, this.glow]) path.style.color = colour;
    const trailed = focused && (this.trailed || mayTrail);
    if (trailed && !this.trailed) this.layers.trails.append(this.glow, this.lit);
    if (!trailed && this.trailed) this.dropTrail();
    this.trailed = trailed;
  }

  ring(on: boolean): void {
    this.chosen.style.display = on ? '' : 'none';
  }

  place(place: Place, angle: number): void {
    this.glyph.setAttribute('transform', `translate(${place.x.toFixed(1)} ${place.y.toFixed(1)})`);
    if (angle) this.turning.setAttribute('transform', `rotate(${angle.toFixed(0)})`);
    else this.turning.removeAttribute('transform');
  }

  trail(u: number, length: number): void {
    if (!this.trailed) return;
    const dash = `${(u * length).toFixed(1)} ${length.toFixed(1)}`;
    this.lit.setAttribute('stroke-dasharray', dash);
    this.glow.setAttribute('stroke-dasharray', dash);
  }

  /** The message ends here: a cross where it was lost. */
  breakAt(point: Point): void {
    this.glyph.setAttribute('transform', `translate(${point.x.toFixed(1)} ${point.y.toFixed(1)})`);
    this.glyph.dataset['lost'] = 'true';
    this.glyph.style.fillOpacity = '1';
  }

  /** Leaves the way it came lit for a moment. */
  fadeTrail(route: Route): void {
    const ghost = element('path', 'trail');
    ghost.setAttribute('d', route.d);
    ghost.style.color = this.lit.style.color;
    this.layers.trails.append(ghost);
    const fading = ghost.animate([{ opacity: 0.8 }, { opacity: 0 }], { duration: 700, easing: 'ease-out' });
    fading.onfinish = () => ghost.remove();
    fading.oncancel = () => ghost.remove();
  }

  hide(): void {
    this.glyph.remove();
    this.dropTrail();
    this.trailed = false;
  }

  destroy(): void {
    this.hide();
  }

  private dropTrail(): void {
    this.lit.remove();
    this.glow.remove();
  }
}
