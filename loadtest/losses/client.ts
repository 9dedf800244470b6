import { HocuspocusProvider } from '@hocuspocus/provider';
import { until } from '@syncline/runtime/testing';
import { createDecoder, readVarString, readVarUint } from 'lib0/decoding';
import { createEncoder, toUint8Array, writeVarString, writeVarUint } from 'lib0/encoding';
import * as Y from 'yjs';

const SYNC_STATUS = 8;

/** A person at a pod: the stock provider, whichever the system. An edit is a key of the document's metadata. */
export class Client {
  readonly name: string;
  readonly document = new Y.Doc();
  readonly provider: HocuspocusProvider;
  /** Acknowledgements so far. */
  acknowledgements = 0;
  closed = false;

  constructor(url: string, name: string) {
    this.name = name;
    this.provider = new HocuspocusProvider({ url: url + name, name, document: this.document, token: 'person:tester' });
    this.provider.on('message', ({ event }: { event: MessageEvent<ArrayBuffer> }) => {
      const decoder = createDecoder(new Uint8Array(event.data));
      readVarString(decoder);
      if (readVarUint(decoder) === SYNC_STATUS && readVarUint(decoder) === 1) this.acknowledgements += 1;
    });
    this.provider.on('close', () => (this.closed = true));
  }

  synced(): Promise<void> {
    return until(() => this.provider.isSynced, 30_000);
  }

  write(key: string): void {
    this.document.getMap('metadata').set(key, 'x');
  }

  has(key: string): boolean {
    return this.document.getMap('metadata').has(key);
  }

  /** How many of its edits are not acknowledged. */
  get pending(): number {
    return this.provider.unsyncedChanges;
  }

  acknowledged(): Promise<void> {
    return until(() => this.pending === 0, 30_000);
  }

  sees(other: Client): boolean {
    return this.provider.awareness!.getStates().has(other.document.clientID);
  }

  /** Sends a frame that the provider would not: these numbers behind the document's name, and bytes as they are. */
  send(numbers: number[], bytes: number[]): void {
    const encoder = createEncoder();
    writeVarString(encoder, this.provider.effectiveName);
    for (const number of numbers) writeVarUint(encoder, number);
    const head = toUint8Array(encoder);
    this.provider.configuration.websocketProvider.send(Uint8Array.from([...head, ...bytes]));
  }

  /** Closes the tab. */
  leave(): void {
    this.provider.destroy();
  }
}
