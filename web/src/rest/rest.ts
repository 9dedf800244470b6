import { signedIn } from '../access/kept.ts';
import { currentPerson } from '../person/person.ts';

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

/** Whether the server answered with this status. */
export function isRefused(error: unknown, status: number): boolean {
  return error instanceof RequestFailure && error.status === status;
}

export interface RestRequest {
  method?: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  path: string;
  body?: unknown;
  /** The same key makes the same request happen once, however often it is sent. */
  idempotencyKey?: string;
  /** What lets the caller in; left out, this browser's sign-in. */
  token?: string;
  signal?: AbortSignal;
}

/** Calls `/v1` as the person at this browser. */
export async function callRest<T>(request: RestRequest): Promise<T> {
  const response = await answerTo(request);
  return (await response.json()) as T;
}

/** The revision at which the server has a document. @param name `<kind>:<id>` */
export async function revisionOf(name: string, request: Pick<RestRequest, 'token' | 'signal'>): Promise<number> {
  const { headers } = await answerTo({ ...request, method: 'HEAD', path: `/v1/documents/${name}` });
  return Number(headers.get('ETag')?.replaceAll('"', ''));
}

async function answerTo(request: RestRequest): Promise<Response> {
  const { method = 'GET', path, body, idempotencyKey, signal } = request;
  const headers = new Headers(whoCalls(request.token ?? signedIn()?.token));
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  if (idempotencyKey) headers.set('Idempotency-Key', idempotencyKey);
  const response = await fetch(path, { method, headers, body: JSON.stringify(body), signal }).catch(
    (error: unknown) => {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new RequestFailure(0, 'The server cannot be reached.');
    },
  );
  if (!response.ok) throw await failureOf(response);
  return response;
}

/** Without a token one is whom one says one is, which is enough in open mode. */
function whoCalls(token: string | undefined): Record<string, string> {
  if (token !== undefined) return { Authorization: `Bearer ${token}` };
  const { id, name } = currentPerson();
  return { 'X-Person-Id': id, 'X-Person-Name': encodeURIComponent(name) };
}

async function failureOf(response: Response): Promise<RequestFailure> {
  const problem: unknown = await response.json().catch(() => null);
  const { detail, title } = (problem ?? {}) as { detail?: unknown; title?: unknown };
  const said = [detail, title].find((text) => typeof text === 'string' && text !== '') as string | undefined;
  return new RequestFailure(response.status, said ?? `The server answered ${response.status}.`);
}
