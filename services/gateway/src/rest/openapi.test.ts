import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';
import { OPERATIONS } from '../operations/table.ts';
import { startGateway } from '../../test/gateway-under-test.ts';
import { openApi } from './openapi.ts';

const document = JSON.parse(openApi(OPERATIONS)) as { paths: Record<string, Record<string, object>> };

it('is a valid OpenAPI 3.1 document', async () => {
  const validator = new Validator();
  const result = await validator.validate(structuredClone(document) as never);
  expect(result).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
});

it('has each operation that REST has', () => {
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  const routed = OPERATIONS.flatMap(({ rest }) =>
    rest ? `${rest.method} /v1${rest.path.replaceAll(/:(\w+)/g, '{$1}')}` : [],
  );
  expect(described.toSorted()).toEqual(routed.toSorted());
});

it('is served, and as a page that needs nothing from elsewhere', async () => {
  const { send, stop } = await startGateway();
  expect(await (await send('GET', '/openapi.json')).json()).toEqual(document);
  const page = await send('GET', '/docs');
  expect(page.headers.get('content-type')).toContain('text/html');
  const html = await page.text();
  const named = OPERATIONS.filter(({ rest }) => rest).map(({ summary }) => summary);
  expect(named.filter((summary) => !html.includes(summary))).toEqual([]);
  expect(html).not.toMatch(/<script|https?:\/\/(?!syncline\.dev\/problems)|undefined|\[object/);
  await stop();
});
