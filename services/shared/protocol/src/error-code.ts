/**
 * Every refusal and fault that crosses a process, with what each boundary makes of it. One table, so that REST, MCP and
 * the socket cannot disagree. `closeCode` is what a WebSocket closes with.
 */
export const ERRORS = {
  invalid_request: { status: 400, title: 'The request is not valid', closeCode: 4400 },
  unauthorized: { status: 401, title: 'Not let in', closeCode: 4001 },
  forbidden: { status: 403, title: 'Not allowed', closeCode: 4003 },
  server_only: { status: 403, title: 'Only the server writes there', closeCode: 4400 },
  not_found: { status: 404, title: 'No such thing', closeCode: 4404 },
  method_not_allowed: { status: 405, title: 'No such method here', closeCode: 4400 },
  timed_out: { status: 408, title: 'Silent for too long', closeCode: 4408 },
  conflict: { status: 409, title: 'The document is not as the request expects', closeCode: 4400 },
  exists: { status: 409, title: 'The name is taken', closeCode: 4400 },
  in_progress: { status: 409, title: 'The same command is still being carried out', closeCode: 4400 },
  stale_revision: { status: 412, title: 'The document has changed since', closeCode: 4400 },
  too_large: { status: 413, title: 'Too large', closeCode: 4413 },
  unsupported_media_type: { status: 415, title: 'Not a media type that is read here', closeCode: 4400 },
  command_reused: { status: 422, title: 'The same command id came with other content', closeCode: 4400 },
  wrong_document: { status: 400, title: 'The frame names another document', closeCode: 4409 },
  too_many: { status: 429, title: 'Too many', closeCode: 4429 },
  unreadable: { status: 500, title: 'What is stored of the document cannot be read', closeCode: 4500 },
  internal: { status: 500, title: 'Something broke on our side', closeCode: 1011 },
  unavailable: { status: 503, title: 'Cannot be saved right now', closeCode: 4503 },
  draining: { status: 503, title: 'This server is closing', closeCode: 1012 },
  full: { status: 503, title: 'This server is full', closeCode: 1013 },
} as const satisfies Record<string, { status: number; title: string; closeCode: number }>;

export type ErrorCode = keyof typeof ERRORS;

/** Codes after which the same request, with the same command id, may be sent again. */
export const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'in_progress',
  'too_many',
  'unavailable',
  'draining',
  'full',
]);

/** What a refusal carries beside its code, as JSON: the field at fault, the current text, … */
export type ErrorExtra = Record<string, unknown>;

/**
 * An expected "no", addressed to whoever asked: `detail` is a sentence that names the field and the way out.
 * Travels between processes as {@link RefusalBody}.
 */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly extra: ErrorExtra;

  constructor(code: ErrorCode, detail: string, extra: ErrorExtra = {}) {
    super(detail);
    this.name = 'Refusal';
    this.code = code;
    this.extra = extra;
  }

  toBody(): RefusalBody {
    return { code: this.code, detail: this.message, extra: this.extra };
  }

  static fromBody(body: RefusalBody): Refusal {
    return new Refusal(body.code, body.detail, body.extra);
  }
}

export interface RefusalBody {
  code: ErrorCode;
  detail: string;
  extra: ErrorExtra;
}
