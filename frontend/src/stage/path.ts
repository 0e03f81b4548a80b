/** Polylines with rounded corners: as an SVG path, and as something along which a message can be moved. */

export interface Point {
  x: number;
  y: number;
}

export interface Route {
  /** The SVG path, corners rounded. */
  d: string;
  /** The same, flattened. */
  points: Point[];
  /** Distance from the start at each point. */
  at: number[];
  length: number;
}

export interface Place extends Point {
  /** Degrees, for shapes that point along their way. */
  angle: number;
}

const ARC_STEPS = 5;

export function routeOf(corners: readonly Point[], radius = 10): Route {
  const path = tidy(corners);
  const points: Point[] = [path[0]!];
  let d = `M${n(path[0]!.x)} ${n(path[0]!.y)}`;
  for (let i = 1; i < path.length - 1; i += 1) {
    const corner = path[i]!;
    const r = Math.min(radius, distance(path[i - 1]!, corner) / 2, distance(corner, path[i + 1]!) / 2);
    const from = towards(corner, path[i - 1]!, r);
    const to = towards(corner, path[i + 1]!, r);
    d += `L${n(from.x)} ${n(from.y)}Q${n(corner.x)} ${n(corner.y)} ${n(to.x)} ${n(to.y)}`;
    for (let step = 0; step <= ARC_STEPS; step += 1) points.push(quadratic(from, corner, to, step / ARC_STEPS));
  }
  const last = path.at(-1)!;
  if (path.length > 1) {
    d += `L${n(last.x)} ${n(last.y)}`;
    points.push(last);
  }
  const at = [0];
  for (let i = 1; i < points.length; i += 1) at.push(at[i - 1]! + distance(points[i - 1]!, points[i]!));
  return { d, points, at, length: at.at(-1)! };
}

/** Where one is after the share `u` (0 to 1) of the way. */
export function placeAt(route: Route, u: number): Place {
  const { points, at, length } = route;
  const goal = Math.min(1, Math.max(0, u)) * length;
  let i = 1;
  while (i < points.length - 1 && at[i]! < goal) i += 1;
  const a = points[i - 1] ?? points[0]!;
  const b = points[i] ?? a;
  const span = (at[i] ?? 0) - (at[i - 1] ?? 0);
  const share = span > 0 ? (goal - at[i - 1]!) / span : 0;
  return {
    x: a.x + (b.x - a.x) * share,
    y: a.y + (b.y - a.y) * share,
    angle: (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI,
  };
}

export function reversed(corners: readonly Point[]): Point[] {
  return [...corners].reverse();
}

/** Eases in and out. */
export function ease(u: number): number {
  return u < 0.5 ? 2 * u * u : 1 - (2 - 2 * u) * (1 - u);
}

function tidy(corners: readonly Point[]): Point[] {
  const distinct = corners.filter((p, i) => i === 0 || distance(p, corners[i - 1]!) > 0.01);
  return distinct.filter((p, i) => {
    const before = distinct[i - 1];
    const after = distinct[i + 1];
    if (!before || !after) return true;
    const turn = (p.x - before.x) * (after.y - p.y) - (p.y - before.y) * (after.x - p.x);
    const straightOn = (p.x - before.x) * (after.x - p.x) + (p.y - before.y) * (after.y - p.y) > 0;
    return Math.abs(turn) > 0.01 || !straightOn;
  });
}

function quadratic(a: Point, b: Point, c: Point, t: number): Point {
  const k = 1 - t;
  return { x: k * k * a.x + 2 * k * t * b.x + t * t * c.x, y: k * k * a.y + 2 * k * t * b.y + t * t * c.y };
}

function towards(from: Point, to: Point, by: number): Point {
  const total = distance(from, to);
  return total === 0 ? from : { x: from.x + ((to.x - from.x) * by) / total, y: from.y + ((to.y - from.y) * by) / total };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}
