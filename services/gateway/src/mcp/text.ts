import { type Refusal, RETRYABLE } from '@syncline/protocol';

/** What the sentence of a refusal already says, or what only REST has use for. */
const UNSAID = new Set(['errors', 'limit']);

/** A refusal as a model reads it: what went wrong, how to recover, and the current state that came with it. */
export function refusalText(refusal: Refusal, call: { scope: 'read' | 'write'; commandId: string }): string {
  const lines = [`${refusal.code}: ${refusal.message}`, recovery(refusal, call)];
  for (const [name, value] of Object.entries(refusal.extra)) {
    if (!UNSAID.has(name) && value !== undefined && value !== null) lines.push(`${name}: ${shown(value)}`);
  }
  return lines.filter((line) => line !== '').join('\n');
}

function recovery(refusal: Refusal, { scope, commandId }: { scope: 'read' | 'write'; commandId: string }): string {
  if (RETRYABLE.has(refusal.code)) {
    return scope === 'read'
      ? 'Wait a few seconds and call again.'
      : `Wait a few seconds and send the same call again with op_id: ${JSON.stringify(commandId)}; it takes effect ` +
          'once, even if this call did.';
  }
  switch (refusal.code) {
    case 'stale_revision':
      return 'Read the document again, look whether the change is still right, and send it with the new revision.';
    case 'command_reused':
      return 'An op_id belongs to one call: use a new one, or none, for another change.';
    case 'not_found':
      return 'search lists the documents; read_document shows the ids and anchors that exist now.';
    default:
      return '';
  }
}

function shown(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return value.includes('\n') ? `\n${value}` : value;
}
