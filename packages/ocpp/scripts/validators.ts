import { Ajv, _ } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import type { Catalogue } from './schemas.ts';

/** CommonJS that exports `(runtime) => ({ AuthorizeRequest: validate, ... })`, so that it can be loaded at once and on demand. */
export function toValidators({ messages, definitions }: Catalogue): string {
  const ajv = new Ajv({
    strict: false,
    messages: false,
    inlineRefs: false,
    multipleOfPrecision: 6,
    code: { source: true, formats: _`runtime.formats` },
    formats: { 'date-time': () => true, uri: () => true },
  });
  ajv.addSchema({ $id: 'definitions', definitions: Object.fromEntries(definitions) });
  for (const [name, schema] of messages) ajv.addSchema({ ...schema, $id: name });
  const exported = Object.fromEntries([...messages.keys()].map((name) => [name, name]));
  const code = standalone
    .default(ajv, exported)
    .replace('"use strict";', '')
    .replaceAll(/require\("ajv\/dist\/runtime\/ucs2length"\)\.default/g, 'runtime.ucs2length')
    .replaceAll(/(func\d+)\((data\d*)\) > (\d+)/g, '$2.length > $3 && $1($2) > $3')
    .replaceAll(/validate\d+\.evaluated = \{[^;]*\};/g, '');
  const foreign = /require\([^)]*\)/.exec(code);
  if (foreign) throw new Error(`the validators would need ${foreign[0]} at run time`);
  return `'use strict';\nmodule.exports = (runtime) => {\nconst exports = Object.create(null);\n${code}\nreturn exports;\n};\n`;
}
