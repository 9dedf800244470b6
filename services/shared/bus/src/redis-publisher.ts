import type { DocumentId } from '@syncline/protocol';
import type { Redis } from 'ioredis';
import { encodeRedisMessage } from './redis-message.ts';

/** What Redis has not yet taken; more is lost rather than kept, because the journal has it already. */
const MAX_BYTES_IN_FLIGHT = 64 * 1024 * 1024;

/**
 * Sends a pod's frames. Whoever listened while frames were lost is told so as soon as it can be told: the other pods'
 * subscriptions may well have stood while only our connection was down, and they would know of nothing.
 */
export class RedisPublisher {
  readonly #redis: Redis;
  readonly #pod: string;
  readonly #channelOf: (document: DocumentId) => string;
  readonly #onSent: (outcome: 'sent' | 'lost') => void;
  readonly #lost = new Set<DocumentId>();
  #bytesInFlight = 0;

  constructor(
    redis: Redis,
    deps: {
      pod: string;
      channelOf: (document: DocumentId) => string;
      onSent: (outcome: 'sent' | 'lost') => void;
    },
  ) {
    this.#redis = redis;
    this.#pod = deps.pod;
    this.#channelOf = deps.channelOf;
    this.#onSent = deps.onSent;
    redis.on('ready', () => this.#tellOfLost());
  }

  get available(): boolean {
    return this.#redis.status === 'ready';
  }

  publish(document: DocumentId, frame: Uint8Array | null): void {
    if (!this.available || this.#bytesInFlight > MAX_BYTES_IN_FLIGHT) return this.#note(document);
    const message = encodeRedisMessage({ pod: this.#pod, frame });
    this.#bytesInFlight += message.length;
    this.#redis.publish(this.#channelOf(document), message).then(
      () => {
        this.#bytesInFlight -= message.length;
        this.#onSent('sent');
      },
      () => {
        this.#bytesInFlight -= message.length;
        this.#note(document);
      },
    );
  }

  #note(document: DocumentId): void {
    this.#lost.add(document);
    this.#onSent('lost');
  }

  #tellOfLost(): void {
    const documents = [...this.#lost];
    this.#lost.clear();
    for (const document of documents) this.publish(document, null);
  }
}
