// Makes the Secret SECRET, once: one that is there stays as it is.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';

const account = process.env.ACCOUNT ?? '/var/run/secrets/kubernetes.io/serviceaccount';
const api = process.env.API ?? 'https://kubernetes.default.svc';
const { SECRET, POSTGRES_HOST } = process.env;
const [token, namespace] = await Promise.all(['token', 'namespace'].map((name) => readFile(`${account}/${name}`, 'utf8')));
const random = () => randomBytes(32).toString('hex');
const password = random();
const answer = await fetch(`${api}/api/v1/namespaces/${namespace}/secrets`, {
  method: 'POST',
  headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  body: JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: SECRET },
    type: 'Opaque',
    stringData: {
      KEY_PEPPER: random(),
      TOKEN_SECRET: random(),
      POSTGRES_PASSWORD: password,
      DATABASE_URL: `postgres://syncline:${password}@${POSTGRES_HOST}:5432/syncline`,
    },
  }),
});
if (answer.ok) process.stdout.write(`The Secret ${SECRET} is made. Keep a copy: without it no API key is worth anything.\n`);
else if (answer.status === 409) process.stdout.write(`The Secret ${SECRET} is there already.\n`);
else {
  process.stderr.write(`The Secret ${SECRET} could not be made: ${answer.status} ${await answer.text()}\n`);
  process.exitCode = 1;
}
