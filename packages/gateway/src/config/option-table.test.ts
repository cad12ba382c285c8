import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { optionTable } from './option-table.ts';
import { gatewayOptions } from './schema.ts';

test('renders a row per option, with its variable', () => {
  const schema = Type.Object({
    port: Type.Integer({ default: 9000, minimum: 0, maximum: 65_535, description: 'TCP port' }),
    mode: Type.Enum(['a', 'b'], { default: 'a', description: 'Either | or' }),
    tags: Type.Array(Type.String(), { default: [], description: 'Some.' }),
    url: Type.String({ description: 'Where' }),
    tls: Type.Optional(Type.Object({ certFile: Type.Optional(Type.String({ description: 'PEM' })) })),
  });
  expect(optionTable(schema, ['south', 'x']).split('\n').slice(2)).toEqual([
    '| `south.x.port` | integer 0 to 65535 | `9000` | `BUSBAR_SOUTH_X_PORT` | TCP port |',
    '| `south.x.mode` | `a`, `b` | `a` | `BUSBAR_SOUTH_X_MODE` | Either \\| or |',
    '| `south.x.tags` | list of text | `[]` | `BUSBAR_SOUTH_X_TAGS` | Some |',
    '| `south.x.url` | text | must be given | `BUSBAR_SOUTH_X_URL` | Where |',
    '| `south.x.tls.certFile` | text |  | `BUSBAR_SOUTH_X_TLS_CERT_FILE` | PEM |',
  ]);
});

test('every option of the gateway has a description', () => {
  for (const row of optionTable(gatewayOptions).split('\n').slice(2)) expect(row).not.toMatch(/\| {2}\|$/);
});
