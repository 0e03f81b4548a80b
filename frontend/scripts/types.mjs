// src/generated/records.ts from the JSON schema that `python -m orrery.theatre.schema` prints.
// Titles of fields are left out, so that every field's type stands where the field does.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { compile } from 'json-schema-to-typescript';

const [input = '../build/records.schema.json', output = 'src/generated/records.ts'] = process.argv.slice(2);
const text = readFileSync(input, 'utf8');
const schema = JSON.parse(text);
const digest = createHash('sha256').update(text).digest('hex');

for (const model of Object.values(schema.$defs)) untitle(model);

function untitle(node) {
  if (node === null || typeof node !== 'object') return;
  for (const field of Object.values(node.properties ?? {})) delete field.title;
  for (const value of Object.values(node)) untitle(value);
}

const types = await compile(schema, 'Records', {
  additionalProperties: false,
  unreachableDefinitions: true,
  bannerComment: `// Made by \`make types\` from the models in backend/orrery/theatre/records: not to be edited.\n// schema sha256 ${digest}`,
});
writeFileSync(output, types);
