/** A line drawn across the stage: on which side of it each host stands. Pure. */

export interface Point {
  x: number;
  y: number;
}

export interface Place {
  name: string;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The host that is under a point. */
export function hostAt(places: readonly Place[], { x, y }: Point): string | null {
  return places.find((place) => x >= place.left && x <= place.right && y >= place.top && y <= place.bottom)?.name ?? null;
}

/** The hosts on both sides of the line through two points, wherever it is long enough to mean something. */
export function sidesOf(places: readonly Place[], from: Point, to: Point): [string[], string[]] {
  const sides: [string[], string[]] = [[], []];
  for (const place of places) {
    const x = (place.left + place.right) / 2;
    const y = (place.top + place.bottom) / 2;
    const cross = (to.x - from.x) * (y - from.y) - (to.y - from.y) * (x - from.x);
    sides[cross < 0 ? 0 : 1].push(place.name);
  }
  return sides;
}

/** What a drag does: from one host to another it cuts their link; across the stage it splits the hosts on both sides. */
export type Cut = { kind: 'link'; a: string; b: string } | { kind: 'split'; groups: [string[], string[]] };

const LEAST_PX = 40;

export function cutOf(places: readonly Place[], from: Point, to: Point): Cut | null {
  if (Math.hypot(to.x - from.x, to.y - from.y) < LEAST_PX) return null;
  const [a, b] = [hostAt(places, from), hostAt(places, to)];
  if (a !== null && b !== null) return a === b ? null : { kind: 'link', a, b };
  const groups = sidesOf(places, from, to);
  return groups[0].length > 0 && groups[1].length > 0 ? { kind: 'split', groups } : null;
}
