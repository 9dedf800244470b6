import type { NewStep } from '@syncline/protocol';
import type { NewDocument } from '../home/documents.ts';

/** What "Sample plan" makes: a plan as an agent would leave it for review. */
export const SAMPLE_PLAN: NewDocument & { steps: NewStep[]; markdown: string } = {
  kind: 'plan',
  title: 'Move sign-in to passkeys',
  steps: [
    { title: 'Count how many people sign in with a password today', done: true, assignee: 'Claude' },
    { title: 'Add a credentials table and the two WebAuthn endpoints', done: true, assignee: 'Claude' },
    {
      title: 'Offer a passkey after the next password sign-in',
      assignee: 'Claude',
      note: 'Behind the flag passkey_offer',
    },
    { title: 'Write the recovery path for a lost device', assignee: 'Maya' },
    { title: 'Roll out to 5 % and watch failed sign-ins for a week' },
    { title: 'Remove the password form for accounts with a passkey' },
  ],
  markdown: `## Why

One in nine support requests is about a forgotten password. A passkey cannot be forgotten, phished or reused, and signing in takes **two seconds instead of fourteen**.

## How

Passwords stay as the way back in until the last step. Each step can be undone by its flag alone, and no step needs the next one.

- The credential is bound to \`login.example.com\`, so preview deployments keep using passwords.
- Counters are stored but not enforced: synced passkeys always send 0.
- Two passkeys per person are asked for before the password form goes.

## Open questions

1. Does the mobile app share the web domain's credentials?
2. Who approves removing a password for a person without a second device?

> Reviewers: edit anything. The agent reads your words before each step.
`,
};
