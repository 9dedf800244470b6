/** As much of JSON Schema as our document uses. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  oneOf?: Schema[];
  anyOf?: Schema[];
  default?: unknown;
}

interface Described {
  summary: string;
  description?: string;
  tags: string[];
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}

/** As much of an OpenAPI document as a page shows. */
export interface OpenApi {
  info: { title: string; description: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, Schema> };
}

/** How deep fields within fields are shown; a block holds blocks. */
const MAX_DEPTH = 3;

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #60646c; --line: #e0e1e6; --page: #fcfcfd; --card: #fff;
  --get: #0b68cb; --post: #218358; --patch: #946800; --delete: #c62a2f; }
@media (prefers-color-scheme: dark) { :root { --ink: #edeef0; --soft: #b0b4ba; --line: #363a3f; --page: #111113;
  --card: #18191b; --get: #70b8ff; --post: #3dd68c; --patch: #ffca16; --delete: #ff9592; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 56rem; padding: 2.5rem 1.25rem 6rem; background: var(--page); color: var(--ink);
  font: 0.9375rem/1.55 system-ui, sans-serif; }
h1 { font-size: 1.75rem; margin: 0 0 0.75rem; } h2 { font-size: 1.125rem; margin: 2.25rem 0 0.75rem; }
h3 { font-size: 0.8125rem; color: var(--soft); margin: 1.25rem 0 0.25rem; }
p { margin: 0.5rem 0; max-width: 42rem; } a { color: var(--get); }
code, .path { font: 0.8125rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
details { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin: 0.5rem 0; }
summary { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: baseline; padding: 0.625rem 1rem;
  cursor: pointer; border-radius: 8px; } summary:focus-visible { outline: 2px solid var(--get); }
summary b { font: 600 0.75rem ui-monospace, monospace; min-width: 3.5rem; text-transform: uppercase; }
.get { color: var(--get); } .post { color: var(--post); } .patch { color: var(--patch); } .delete { color: var(--delete); }
summary span:last-child { color: var(--soft); margin-left: auto; }
details > div { padding: 0 1rem 1rem; }
table { border-collapse: collapse; width: 100%; } td { border-top: 1px solid var(--line); padding: 0.375rem 0.75rem 0.375rem 0;
  vertical-align: top; } td:first-child { white-space: nowrap; } td:nth-child(2) { color: var(--soft); width: 30%; }`;

/** A page of all operations: no script, nothing from elsewhere. */
export function docsPage({ info, tags, paths, components }: OpenApi): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const sections = tags.map(({ name }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name));
    return `<section><h2>${escape(name)}</h2>${own.map(shown).join('')}</section>`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(info.title)}: REST</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml"><style>${STYLE}</style></head><body><main><h1>${escape(info.title)}: REST</h1>
${paragraphs(info.description)}
<p>For programs: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
${sections.join('\n')}</main></body></html>`;

  function shown({ path, method, operation }: (typeof operations)[number]): string {
    const { summary, description, parameters = [], requestBody, responses } = operation;
    const sent = requestBody?.content['application/json']?.schema;
    const [done] = Object.entries(responses).find(([status]) => status.startsWith('2'))!;
    const answered = responses[done]!.content!['application/json']!.schema;
    const errors = Object.entries(responses).filter(([status]) => status !== done);
    const rows = parameters.map(({ name, in: where, required, description, schema }) =>
      row(name, `${typeOf(schema)} in ${where}${required ? '' : ', optional'}`, description ?? schema.description),
    );
    return `<details><summary><b class="${method}">${method}</b><span class="path">${escape(path)}</span>
<span>${escape(summary)}</span></summary><div>${description ? paragraphs(description) : ''}
${rows.length ? `<h3>Parameters</h3><table>${rows.join('')}</table>` : ''}
${sent ? `<h3>Body</h3><table>${fields(sent)}</table>` : ''}
<h3>Answers ${done}</h3><table>${fields(answered)}</table>
<h3>Or</h3><table>${errors.map(([status, { description }]) => row(status, '', description)).join('')}</table>
</div></details>`;
  }

  function fields(schema: Schema, prefix = '', depth = 1): string {
    const { properties = {}, required = [], oneOf, anyOf } = resolved(schema);
    const alternatives = oneOf ?? anyOf;
    if (alternatives) return alternatives.map((one) => fields(one, prefix, depth)).join('');
    return Object.entries(properties)
      .map(([name, field]) => {
        const type = `${typeOf(field)}${required.includes(name) ? '' : ', optional'}`;
        const inner = field.items ?? field;
        const below = depth < MAX_DEPTH ? fields(inner, `${prefix}${name}${field.items ? '[]' : ''}.`, depth + 1) : '';
        return row(prefix + name, type, field.description) + below;
      })
      .join('');
  }

  function typeOf(schema: Schema): string {
    const { type, enum: values, const: only, items, oneOf, anyOf, default: preset } = resolved(schema);
    const otherwise = preset === undefined || typeof preset === 'object' ? '' : ` (${String(preset)})`;
    if (only !== undefined) return JSON.stringify(only);
    if (values) return values.map(String).join(' | ') + otherwise;
    if (items) return `list of ${typeOf(items)}`;
    const alternatives = oneOf ?? anyOf;
    if (alternatives) return [...new Set(alternatives.map(typeOf))].join(' | ');
    return (Array.isArray(type) ? type.join(' | ') : (type ?? 'any')) + otherwise;
  }

  function resolved(schema: Schema): Schema {
    const name = schema.$ref?.split('/').at(-1);
    return name === undefined ? schema : components.schemas[name]!;
  }
}

function row(name: string, type: string, text = ''): string {
  return `<tr><td><code>${escape(name)}</code></td><td>${escape(type)}</td><td>${escape(text)}</td></tr>`;
}

function paragraphs(text: string): string {
  return text
    .split('\n\n')
    .map((part) => `<p>${escape(part).replaceAll(/`([^`]+)`/g, '<code>$1</code>')}</p>`)
    .join('');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
