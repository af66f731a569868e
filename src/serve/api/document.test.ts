import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openApiDocument } from './document.ts';
import { list, named, object, optional, orNull, text, told, whole } from './schema.ts';

test('openApiDocument: docs/api/openapi.json is this document; npm run api writes it', () => {
  const path = join(import.meta.dirname, '..', '..', '..', 'docs', 'api', 'openapi.json');
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), JSON.parse(JSON.stringify(openApiDocument())));
});

test('openApiDocument: each reference leads to something', () => {
  const document = openApiDocument();
  for (const [, path] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    let end: unknown = document;
    for (const name of path!.split('/')) end = (end as Record<string, unknown>)[name];
    assert.ok(end !== undefined, path!);
  }
});

test('object: an optional property is not required, and named parts come along', () => {
  const part = named('Part', 'A part.', object({ name: text, size: optional(whole) }));
  const all = object({ parts: list(told('All of them.', part)), note: orNull(text) });
  assert.deepEqual([...all.parts.keys()], ['Part']);
  assert.deepEqual((all.parts.get('Part') as { required: unknown }).required, ['name']);
  assert.deepEqual(all.json, {
    type: 'object',
    properties: {
      parts: {
        type: 'array',
        items: { allOf: [{ $ref: '#/components/schemas/Part' }], description: 'All of them.' },
      },
      note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    },
    required: ['parts', 'note'],
    additionalProperties: false,
  });
});
