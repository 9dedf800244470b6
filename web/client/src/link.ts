/** What is known about a document's way to the server and to this device; the status pill is made of nothing else. */
export interface Link {
  /** Whether this device keeps the document: not yet known, yes, no, or not what was written since it has no room. */
  device: 'reading' | 'kept' | 'not_kept' | 'full';
  server: 'connecting' | 'live' | 'lost' | 'stopped' | 'setting_aside';
  /** Sockets that closed since the last one that let us in. */
  failures: number;
  /** The browser itself says that there is no network. */
  browserOffline: boolean;
  /** Everything we have is committed on the cluster: it acknowledged on this very connection. */
  acknowledged: boolean;
  /** Something was written in this tab that the cluster has not acknowledged. */
  isUnsent: boolean;
  readonly: boolean;
}

export const FIRST_LINK: Link = {
  device: 'reading',
  server: 'connecting',
  failures: 0,
  browserOffline: false,
  acknowledged: false,
  isUnsent: false,
  readonly: false,
};
