import { parse } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';
import { en } from './en';
import { ko } from './ko';
import { withParticle } from './particles';

const globbed = import.meta.glob<string>('../**/*.{svelte,ts}', { query: '?raw', import: 'default', eager: true });
const sources = new Map(
  Object.entries(globbed)
    .filter(([name]) => !/generated|\.test\.|^\.\/(en|ko)\//.test(name))
    .map(([name, source]) => [name.replace('../', ''), source]),
);
const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe('the catalogues', () => {
  it('have the same keys, none empty', () => {
    expect(Object.keys(ko).sort()).toEqual(Object.keys(en).sort());
    for (const text of [...Object.values(en), ...Object.values(ko)]) expect(text.trim()).not.toBe('');
  });

  it('fill in the same names', () => {
    for (const [key, text] of Object.entries(en)) expect(places(ko[key as keyof typeof en]), key).toEqual(places(text));
  });

  it('hold every key that is asked for', () => {
    for (const [name, source] of sources) {
      for (const [, key] of source.matchAll(/\bt\(\s*'([^']+)'/g)) expect(Object.keys(en), `${name} asks for it`).toContain(key);
    }
  });

  it('hold nothing that nobody asks for', () => {
    const all = [...sources.values()].join('\n');
    const built = [...all.matchAll(/`([\w.-]*)\$\{[^}]*\}([\w.-]*)`/g)].map((match) => new RegExp(`^${match[1]!.replaceAll('.', '\\.')}[\\w-]+${match[2]!.replaceAll('.', '\\.')}$`)).filter((pattern) => pattern.source.includes('\\.'));
    const unused = Object.keys(en).filter((key) => !all.includes(`'${key}'`) && !built.some((pattern) => pattern.test(key)));
    expect(unused).toEqual([]);
  });
});

interface Node {
  type?: string;
  name?: string;
  data?: string;
  value?: unknown;
  [key: string]: unknown;
}
const SAID = ['title', 'aria-label', 'placeholder', 'alt', 'aria-description', 'aria-valuetext'];
const words = (text: string) => /[A-Za-z\uac00-\ud7a3]{2,}/.test(text);

function literals(node: unknown, found: string[]): void {
  if (Array.isArray(node)) for (const item of node) literals(item, found);
  if (node === null || typeof node !== 'object' || Array.isArray(node)) return;
  const { type, name, data, value } = node as Node;
  if (type === 'Attribute') {
    if (SAID.includes(name ?? '') && Array.isArray(value)) {
      for (const part of value as Node[]) if (part.type === 'Text' && words(part.data ?? '')) found.push(part.data!);
    }
    return;
  }
  if (type === 'StyleDirective') return;
  if (type === 'Text' && words(data ?? '')) found.push(data!.trim());
  for (const [key, child] of Object.entries(node)) if (key !== 'css' && key !== 'instance' && key !== 'module') literals(child, found);
}

describe('components', () => {
  const components = [...sources].filter(([name]) => name.endsWith('.svelte'));

  it.each(components)('%s says nothing that is not in the catalogues', (_, source) => {
    const found: string[] = [];
    literals(parse(source, { modern: true }).fragment, found);
    expect(found).toEqual([]);
  });
});

describe('Korean particles', () => {
  it.each([
    ['web-5', '을/를', 'web-5를'],
    ['worker-3', '이/가', 'worker-3이'],
    ['worker-2', '으로/로', 'worker-2로'],
    ['cp-1', '으로/로', 'cp-1로'],
    ['web', '을/를', 'web을'],
    ['etcd', '이/가', 'etcd가'],
    ['kubelet', '이/가', 'kubelet이'],
    ['etcd(cp-3)', '이/가', 'etcd(cp-3)이'],
    ['scheduler', '이/가', 'scheduler가'],
    ['로드 밸런서', '으로/로', '로드 밸런서로'],
  ])('%s with %s is %s', (word, pair, said) => expect(withParticle(word, pair)).toBe(said));
});
