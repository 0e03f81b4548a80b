import { describe, expect, it } from 'vitest';
import type { ObjectRow } from '../../wire';
import { problemsIn } from './refusals';
import { countKinds, family, find } from './rows';
import { nearest, placeAt, type Schema, Schemas, valuesOf } from './schema';
import { entriesOf, locate, scalarOf, stepsOf, withoutServersOwn } from './yamlpath';

const TEXT = `apiVersion: apps/v1
kind: Deployment
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"kind":"Deployment"}
  name: web # the shop
  resourceVersion: "41"
  uid: 1-2
spec:
  replicas: 3
  template:
    spec:
      containers:
      - image: nginx:1.27
        name: web
        ports:
        - containerPort: 80
      - {name: side, image: 'busybox:1'}
status:
  replicas: 3
  conditions:
  - type: Available
`;

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const SCHEMAS = new Schemas({
  root: 'Deployment',
  schemas: {
    Deployment: { type: 'object', properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { allOf: [ref('Meta')], description: 'its metadata' }, spec: ref('Spec'), status: { type: 'object' } } },
    Meta: { type: 'object', properties: { name: { type: 'string' }, uid: { type: 'string' }, resourceVersion: { type: 'string' }, annotations: { type: 'object', additionalProperties: { type: 'string' } } } },
    Spec: { type: 'object', required: ['template'], properties: { replicas: { type: 'integer', description: 'how many' }, paused: { type: 'boolean' }, template: ref('Template') } },
    Template: { type: 'object', properties: { spec: ref('Pod') } },
    Pod: { type: 'object', properties: { containers: { type: 'array', items: ref('Container') } } },
    Container: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, image: { type: 'string' }, limit: ref('Quantity'), ports: { type: 'array', items: { type: 'object', properties: { containerPort: { type: 'integer' } } } }, imagePullPolicy: { type: 'string', description: 'Image pull policy. One of Always, Never, IfNotPresent. Defaults to Always if …' } } },
    Quantity: { type: 'string' },
  },
});

describe('fields of a YAML text', () => {
  const entries = entriesOf(TEXT);
  const told = (path: string) => {
    const entry = locate(entries, stepsOf(path));
    return entry ? TEXT.slice(entry.at.from, entry.at.to) + ' = ' + TEXT.slice(entry.value.from, entry.value.to).trimStart().split('\n')[0] : null;
  };

  it.each([
    ['spec.replicas', 'replicas = 3'],
    ['spec.template.spec.containers[0].image', 'image = nginx:1.27'],
    ['spec.template.spec.containers[side].image', "image = 'busybox:1'"],
    ['spec.template.spec.containers[0].ports[0].containerPort', 'containerPort = 80'],
    ['spec.template.spec.nothing', 'spec = containers:'],
    ['metadata.name', 'name = web'],
  ])('%s is found where it stands', (path, found) => expect(told(path)).toBe(found));

  it('reads scalars as the clients do', () => {
    expect(['3', '"3"', "'it''s'", 'true', 'no', '~', '1.5', '100m', '8080/tcp'].map(scalarOf)).toEqual([3, '3', "it's", true, false, null, 1.5, '100m', '8080/tcp']);
  });

  it('leaves out what only the server writes, and nothing else', () => {
    expect(withoutServersOwn(TEXT)).toBe(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # the shop
spec:
  replicas: 3
  template:
    spec:
      containers:
      - image: nginx:1.27
        name: web
        ports:
        - containerPort: 80
      - {name: side, image: 'busybox:1'}
`);
  });
});

it('leaves the lines where they are when it is asked to', () => {
  const kept = withoutServersOwn(TEXT, true);
  expect(kept.split('\n').length).toBe(TEXT.split('\n').length);
  expect(kept.split('\n').indexOf('  replicas: 3')).toBe(TEXT.split('\n').indexOf('  replicas: 3'));
  expect(kept).not.toContain('uid');
});

describe('a schema', () => {
  const findings = (text: string) => SCHEMAS.check(entriesOf(text)).map((f) => `${f.kind} ${f.args['field']}${f.args['meant'] ? ` ${f.args['meant']}` : ''} @${text.slice(0, f.from).split('\n').length}`);

  it('finds nothing wrong where nothing is', () => expect(findings(TEXT)).toEqual([]));

  it('names unknown, misspelt, mistyped, missing and repeated fields with their lines', () => {
    const text = TEXT.replace('replicas: 3', 'replicsa: 3\n  zzz: 1\n  paused: maybe').replace('containerPort: 80', 'containerPort: http').replace('        name: web\n', '').replace('uid: 1-2', 'uid: 7\n  name: again');
    expect(findings(text)).toEqual([
      'text uid @9', 'again name @10', 'meant replicsa replicas @12', 'unknown zzz @13', 'boolean paused @14', 'required name @18', 'integer containerPort @20',
    ]);
  });

  it('offers fields by where the cursor stands, whatever else is broken', () => {
    const at = (text: string) => placeAt(text, text.length);
    expect(at('spec:\n  rep')).toMatchObject({ path: ['spec'], mode: 'key' });
    expect(at('spec:\n  template:\n    spec:\n      containers:\n      - name: a\n        im')).toMatchObject({ path: ['spec', 'template', 'spec', 'containers', 0] });
    expect(at('spec:\n  containers:\n    - ')).toMatchObject({ path: ['spec', 'containers', 0] });
    expect(at('a:\n- b: 1\n  c:\n    d: 2\n- e: 3\n  f')).toMatchObject({ path: ['a', 0] });
    expect(at('a:\n  b: 1\nspec:\n  paused: t')).toMatchObject({ path: ['spec', 'paused'], mode: 'value' });
    expect(SCHEMAS.fields(['spec', 'template', 'spec', 'containers', 0]).map((field) => field.name)).toEqual(['name', 'image', 'imagePullPolicy', 'limit', 'ports']);
    expect(SCHEMAS.at(['metadata'])?.description).toBe('its metadata');
  });

  it('knows the values of a field from its list or its description', () => {
    expect(valuesOf(SCHEMAS.at(['spec', 'template', 'spec', 'containers', 0, 'imagePullPolicy'])!)).toEqual(['Always', 'Never', 'IfNotPresent']);
    expect(valuesOf({ type: 'string', description: 'Valid options are ExternalName, ClusterIP, NodePort, and LoadBalancer. "ClusterIP" allocates' })).toEqual(['ExternalName', 'ClusterIP', 'NodePort', 'LoadBalancer']);
    expect(valuesOf({ type: 'string', description: 'Name of the container. Must be a DNS_LABEL.' })).toEqual([]);
    expect([nearest('contianers', ['containers', 'volumes']), nearest('foo', ['containers'])]).toEqual(['containers', null]);
  });
});

describe('a refusal', () => {
  it.each([
    ['Deployment.apps "web" is invalid: spec.replicas: Invalid value: -2: must be greater than or equal to 0', ['spec.replicas']],
    ['Pod "a" is invalid: [spec.containers[0].name: Required value, spec.containers[0].image: Invalid value: " ": must not have leading or trailing whitespace]', ['spec.containers[0].name', 'spec.containers[0].image']],
    ['Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replicsa", unknown field "spec.x"', ['spec.replicsa', 'spec.x']],
    ['Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32', ['spec.replicas']],
    ['Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again', ['metadata.resourceVersion']],
    ['namespaces "nope" not found', ['']],
  ])('%s', (message, paths) => expect(problemsIn(message).map((problem) => problem.path)).toEqual(paths));
});

describe('rows of objects', () => {
  const row = (kind: string, name: string, owner: string | null = null, labels: Record<string, string> = {}): ObjectRow => ({
    id: `object/${kind}s/default/${name}`, resource: `${kind}s`, kind, namespace: 'default', name, uid: name, revision: 1, created_ns: 0, changed_ns: 0, labels, owner, owner_uid: owner, summary: '', cells: [], deleting: false,
  });
  const rows = [row('Deployment', 'web'), row('ReplicaSet', 'web-1', 'web'), row('ReplicaSet', 'web-2', 'web'), row('Pod', 'web-1-a', 'web-1', { app: 'web' }), row('Pod', 'web-1-b', 'web-1', { app: 'web' }), row('Pod', 'solo')];

  it('are found by every word of the search, labels too', () => {
    expect(find(rows, { resource: '', namespace: '', search: 'pod app=web -a' }).map((r) => r.name)).toEqual(['web-1-a']);
    expect(find(rows, { resource: 'Pods', namespace: 'other', search: '' })).toEqual([]);
  });

  it('are counted by kind', () => {
    const kind = (name: string) => ({ resource: `${name}s`, kind: name, api_version: 'v1', namespaced: true, short: '', columns: [] });
    expect(countKinds(rows, [kind('Pod'), kind('Node')]).map(({ count }) => count)).toEqual([3, 0]);
  });

  it('make a tree of owners, up and down', () => {
    expect(family(rows, rows[1]!).map(({ row: r, self, depth }) => `${'-'.repeat(depth)}${r.name}${self ? '*' : ''}`)).toEqual(['web', '-web-1*', '--web-1-a', '--web-1-b']);
    expect(family(rows, rows[0]!).map(({ row: r }) => r.name)).toEqual(['web', 'web-1', 'web-1-a', 'web-1-b', 'web-2']);
  });
});
