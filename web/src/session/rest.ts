import { currentPerson } from './person.ts';

/** A refusal of the REST interface (problem+json), or a server that could not be reached. */
export class RequestFailure extends Error {
  /** 0 when no answer came. */
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.name = 'RequestFailure';
    this.status = status;
  }

  get unreachable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

export interface RestRequest {
  method?: 'GET' | 'POST';
  path: string;
  body?: unknown;
  /** The same key makes the same request happen once, however often it is sent. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** Calls `/v1` as the person at this browser. */
export async function callRest<T>({ method = 'GET', path, body, idempotencyKey, signal }: RestRequest): Promise<T> {
  const { id, name } = currentPerson();
  const headers = new Headers({ 'X-Person-Id': id, 'X-Person-Name': encodeURIComponent(name) });
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  if (idempotencyKey) headers.set('Idempotency-Key', idempotencyKey);
  const response = await fetch(path, { method, headers, body: JSON.stringify(body), signal }).catch(
    (error: unknown) => {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new RequestFailure(0, 'The server cannot be reached.');
    },
  );
  if (!response.ok) throw await failureOf(response);
  return (await response.json()) as T;
}

async function failureOf(response: Response): Promise<RequestFailure> {
  const problem: unknown = await response.json().catch(() => null);
  const { detail, title } = (problem ?? {}) as { detail?: unknown; title?: unknown };
  const said = [detail, title].find((text) => typeof text === 'string' && text !== '') as string | undefined;
  return new RequestFailure(response.status, said ?? `The server answered ${response.status}.`);
}
