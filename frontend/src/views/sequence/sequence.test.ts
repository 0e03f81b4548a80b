import { describe, expect, it } from 'vitest';
import { heightOf, layoutSequence, type Options, rowsAt, rowsBetween, type StepRow } from './layout';
import { mermaidOf } from './mermaid';
import { Sequence } from './model';
import { opened, reply, step, steps } from './sequence.fixture';
import { svgOf } from './svg';

const MS = 1_000_000;
const told = new Sequence(9).with(reply);
const numbers = told.numbers(null);
const options: Options = { numbers, lecture: false, opened: new Set(), folding: true, width: 1000, column: 92, words: (item, number) => (number ? `step ${number} · ${item.label}` : item.label) };
const diagram = layoutSequence(told, options);
const row = (event: number, of = diagram) => of.rows[of.rowOf.get(event)!]!;

describe('a flow that grows', () => {
  it('is put together from answers, each step once, the watches first', () => {
    const first = new Sequence(9).with({ ...reply, steps: steps.slice(0, 5), upto: 14 });
    const whole = first.with({ ...reply, steps: steps.slice(3) });
    expect(first.steps).toHaveLength(6);
    expect(whole.steps).toEqual([...opened, ...steps]);
  });

  it('knows what led to a step and what it caused', () => {
    expect([...told.chain(16)].sort((a, b) => a - b)).toEqual([10, 11, 12, 13, 14, 16, 17, 18]);
  });

  it('tells how a message stands at an instant: under way, held, sent again, lost', () => {
    const item = steps[0]!;
    expect(told.standing(item, 1000.25 * MS)).toMatchObject({ state: 'sent', share: 0.5 });
    expect(told.standing(item, 1000.5 * MS).state).toBe('arrived');
    const outcome = { message: item.message, where: 'link' as const, arrives_ns: null };
    const held = new Sequence(9).with({ ...reply, outcomes: [
      { ...outcome, t_ns: 1000.4 * MS, state: 'delayed', reason: 'link cut' },
      { ...outcome, t_ns: 1200 * MS, state: 'delayed', reason: 'sent again', arrives_ns: 1201 * MS },
    ] });
    expect(held.standing(item, 1000.3 * MS).state).toBe('sent');
    expect(held.standing(item, 1100 * MS)).toMatchObject({ state: 'held', endNs: null });
    expect(held.standing(item, 1200.5 * MS)).toMatchObject({ state: 'sent', share: 0.5 });
    const lost = new Sequence(9).with({ ...reply, outcomes: [{ ...outcome, t_ns: 1000.4 * MS, state: 'dropped', reason: 'lost' }] });
    expect(lost.standing(item, 2000 * MS)).toMatchObject({ state: 'dropped', share: 0.5 });
  });
});

describe('the diagram', () => {
  it('has its lifelines in the order of the lecture, evenly apart', () => {
    expect(diagram.lifelines.map((line) => line.id)).toEqual([
      'client/kubectl', 'lb/load-balancer', 'cp-1/kube-apiserver', 'cp-1/etcd', 'cp-2/etcd', 'cp-3/etcd', 'cp-1/kube-scheduler', 'worker-10/kubelet', 'worker-10/containerd',
    ]);
    const gaps = diagram.lifelines.slice(1).map((line, i) => line.x - diagram.lifelines[i]!.x);
    expect(new Set(gaps.map(Math.round)).size).toBe(1);
    expect(diagram.width).toBeLessThanOrEqual(1000);
  });

  it('folds the replication of a write into one row, which opens', () => {
    const fold = diagram.rows.find((item) => item.kind === 'fold')!;
    expect(fold).toMatchObject({ kind: 'fold', key: 'raft-13', open: false });
    expect(fold.kind === 'fold' && fold.members.map((item) => item.event)).toEqual([14, 15, 16, 18]);
    const open = layoutSequence(told, { ...options, opened: new Set(['raft-13']) });
    expect(open.rows.length).toBe(diagram.rows.length + 4);
    expect(row(15, open)).toMatchObject({ kind: 'step' });
    expect(layoutSequence(told, { ...options, folding: false }).rows.some((item) => item.kind === 'fold')).toBe(false);
  });

  it('stands in the order of time, each row below the one before', () => {
    for (const [i, item] of diagram.rows.entries()) {
      expect(item.y).toBeGreaterThanOrEqual(heightOf(diagram.rows, i));
      if (i > 0) expect(item.tNs).toBeGreaterThanOrEqual(diagram.rows[i - 1]!.tNs);
    }
  });

  it('writes the length of the waiting, and folds none that is short', () => {
    const gaps = diagram.rows.filter((item) => item.kind === 'gap').map((item) => item.kind === 'gap' && item.ns / MS);
    expect(gaps).toEqual([989.5, 895.4]);
  });

  it('marks the lecture’s messages with their numbers', () => {
    const marked = diagram.rows.flatMap((item) => (item.kind === 'step' && item.label.number ? [[item.label.number, item.step.event]] : []));
    expect(marked).toEqual([[6, 1], [1, 10], [2, 12], [3, 13], [4, 17], [5, 20], [7, 21], [8, 22]]);
  });

  it('has a bar from each request to its answer at the same end, and an open one where none came', () => {
    const bars = diagram.bars.map((bar) => [bar.lifeline, (diagram.rows[bar.from] as StepRow).step.event, bar.to === null ? null : (diagram.rows[bar.to] as StepRow).step.event]);
    expect(bars).toEqual([
      ['lb/load-balancer', 10, 20], ['cp-1/kube-apiserver', 11, 19], ['cp-1/etcd', 13, 17], ['worker-10/containerd', 23, null],
    ]);
  });

  it('says at an answer how long who asked had to wait', () => {
    expect((row(20) as StepRow).tookNs).toBe(Math.round(4.6 * MS));
    expect((row(10) as StepRow).tookNs).toBeNull();
  });

  it('leaves out the watches of other Pods', () => {
    const others = [...opened, { ...opened[0]!, event: 2, call: 51 }];
    const events = layoutSequence(new Sequence(9).with({ ...reply, opened: others }), options).rows.map((item) => item.kind === 'step' && item.step.event);
    expect(events).toContain(1);
    expect(events).not.toContain(2);
  });

  it('can show the lecture’s sixteen alone, with the hops that pass them on', () => {
    const only = layoutSequence(told, { ...options, lecture: true });
    expect(only.rows.flatMap((item) => (item.kind === 'step' ? [item.step.event] : []))).toEqual([1, 10, 11, 12, 13, 17, 19, 20, 21, 22]);
    expect(only.bars.every((bar) => bar.to !== null)).toBe(true);
  });

  it('shows at an instant what had happened by then', () => {
    expect(rowsAt(diagram.rows, 5 * MS)).toBe(0);
    expect(rowsAt(diagram.rows, 1000.2 * MS)).toBe(diagram.rowOf.get(10)! + 1);
    expect(rowsAt(diagram.rows, 9e15)).toBe(diagram.rows.length);
  });

  it('keeps every word on the picture', () => {
    for (const item of diagram.rows) {
      if (item.kind !== 'step') continue;
      expect(item.label.x).toBeGreaterThan(0);
      expect(item.label.x).toBeLessThan(diagram.width);
    }
    expect((row(23) as StepRow).label.anchor).toBe('end');
  });

  it('finds the rows of a window among two thousand at once', () => {
    const many = Array.from({ length: 2000 }, (_, i) => step(100 + i, 99 + i, 2000 + i, i % 2 ? ['a/kubelet', 'a/containerd'] : ['a/containerd', 'a/kubelet'], 'cri', 'item', 0, `m${i}`));
    const began = performance.now();
    const long = layoutSequence(new Sequence(9).with({ ...reply, steps: many, opened: [], pods: [] }), { ...options, numbers: new Map() });
    const middle = rowsBetween(long.rows, long.rows.length, 40_000, 40_800);
    expect(performance.now() - began).toBeLessThan(250);
    expect(long.rows).toHaveLength(2000);
    expect(middle.to - middle.from).toBeLessThan(24);
    expect(long.rows[middle.from]!.y).toBeLessThanOrEqual(40_000);
    expect(heightOf(long.rows, middle.to)).toBeGreaterThanOrEqual(40_800);
  });
});

const name = (id: string) => id.replace('/', ' ');
const gap = (ns: number) => `${ns / MS} ms later`;
const fold = (protocol: string, count: number) => `${protocol} ×${count}`;

describe('the picture that is exported', () => {
  const colours = new Map(['--ground', '--ink', '--muted', '--line', '--line-strong', '--card', '--chip', '--brass', '--on-brass', '--red', '--blue', '--teal', '--green', '--violet', '--orange'].map((key, i) => [key, `#0000${(16 + i).toString(16)}`]));
  const text = svgOf(told, diagram, diagram.rows.length, colours, {
    title: 'apply <pods/solo> & more', subtitle: 'orrery', head: (id) => ({ name: id.split('/')[1]!, host: id.split('/')[0]! }), gap, fold, took: (ns) => `${ns / MS} ms`, protocol: (protocol) => protocol,
  });
  const tags = [...text.matchAll(/<(\/?)([a-z]+)((?:\s+[a-z-]+="[^"<]*")*)\s*(\/?)>/gi)];

  it('is well formed: every element is closed in its order, and nothing else is between', () => {
    const open: string[] = [];
    for (const [, end, tag, , alone] of tags) {
      if (end) expect(open.pop()).toBe(tag);
      else if (!alone) open.push(tag!);
    }
    expect(open).toEqual([]);
    expect(text.replace(/<[^>]*>/g, '')).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;)/);
    expect(tags[0]![3]).toContain('xmlns="http://www.w3.org/2000/svg"');
  });

  it('stands alone: colours are numbers, fonts have names, nothing is fetched or run', () => {
    expect(text).not.toMatch(/var\(|url\(|href|<style|<script|class=|currentcolor|NaN|undefined|#888888/i);
    expect(text).toContain("font-family=\"Inter, 'Noto Sans KR'");
  });

  it('holds the whole flow: each lifeline, step, fold and waiting', () => {
    for (const line of diagram.lifelines) expect(text).toContain(`>${line.id.split('/')[1]}<`);
    for (const item of diagram.rows) {
      if (item.kind === 'step') expect(text).toContain(item.label.text.replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
      if (item.kind === 'gap') expect(text).toContain(gap(item.ns));
    }
    expect(text).toContain('raft ×4');
    expect(text).toContain('apply &lt;pods/solo&gt; &amp; more');
  });

  it('has no letter smaller than the page has', () => {
    for (const [, size] of text.matchAll(/font-size="([\d.]+)"/g)) expect(Number(size)).toBeGreaterThanOrEqual(15);
  });
});

describe('the Mermaid text', () => {
  const text = mermaidOf(told, diagram, diagram.rows.length, { title: 'apply pods/solo; #1', name, gap, fold });
  const lines = text.trimEnd().split('\n');

  it('is a sequenceDiagram of known statements', () => {
    expect(lines[0]).toBe('sequenceDiagram');
    expect(lines[1]).toBe('    title apply pods/solo 1');
    const known = /^ {4}(participant p\d+ as [^;]+|Note over p\d+(,p\d+)?: .+|p\d+(->>|-->>|-\)|-x|--x)[+-]?p\d+: .+)$/;
    for (const line of lines.slice(2)) expect(line).toMatch(known);
  });

  it('escapes what Mermaid would take for grammar', () => {
    expect(text).toContain('kubernetes-admin may create pods#59; #101;nd #35; of <it>');
  });

  it('tells each step with its number, and activates only what is deactivated', () => {
    expect(lines.filter((line) => /-?->>|-\)/.test(line))).toHaveLength(diagram.rows.filter((item) => item.kind === 'step').length);
    expect(text).toContain('p1->>+p2: 1. step 1 · POST pods solo');
    expect(text).toContain('p2-->>-p1: 5. step 5 · 201 solo');
    const active = new Map<string, number>();
    for (const line of lines) {
      const [, from, bar, to] = /^ {4}(p\d+)(?:->>|-->>|-\))([+-]?)(p\d+):/.exec(line) ?? [];
      if (bar === '+') active.set(to!, (active.get(to!) ?? 0) + 1);
      if (bar === '-') {
        expect(active.get(from!)).toBeGreaterThan(0);
        active.set(from!, active.get(from!)! - 1);
      }
    }
    expect([...active.values()]).toEqual([0, 0, 0]);
  });

  it('marks a message that was lost', () => {
    const lost = new Sequence(9).with({ ...reply, outcomes: [{ message: steps[0]!.message, t_ns: 1, state: 'dropped', where: 'link', reason: 'lost', arrives_ns: null }] });
    expect(mermaidOf(lost, diagram, 99, { title: '', name, gap, fold })).toContain('p1-x+p2');
  });
});
