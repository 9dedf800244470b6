import type { Closing } from './closing.ts';
import type { Link } from './link.ts';
import { isOnlyHere } from './only-here.ts';

/** What a person may be told about a document; each is explained in the package's README. */
export type Status =
  /** This device's copy is being read, and the cluster asked. */
  | 'opening'
  /** All that was written in this tab is committed on the cluster. */
  | 'saved'
  /** The cluster has not yet acknowledged what was written last. */
  | 'saving'
  /** The connection was lost a moment ago, and is being made again. */
  | 'reconnecting'
  /** The cluster cannot be reached. What is written is sent once it can be; `link.device` says whether it is kept. */
  | 'offline'
  /** This device has no room left: what is written is kept on the cluster alone. */
  | 'full'
  /** What was written exists in this tab alone: it must be kept open. */
  | 'unsaved'
  /** One may read, and not write. */
  | 'readonly'
  /** The cluster does not let one in, or no longer: see `closing`. */
  | 'removed'
  /** The cluster does not take what was written, or has no such document: see `closing`. */
  | 'refused';

/** Failures after which a connection that was there is no longer just being mended. */
const OFFLINE_AFTER_FAILURES = 3;

/** *Saved* follows the cluster's acknowledgement and nothing else. */
export function statusOf(link: Link, closing: Closing | null): Status {
  if (link.server === 'setting_aside') return 'refused';
  if (isOnlyHere(link) && link.server !== 'live') return 'unsaved';
  if (closing) return closing.shutOut ? 'removed' : 'refused';
  if (link.device === 'full') return 'full';
  if (link.server === 'live') return live(link);
  const patience = link.server === 'lost' ? OFFLINE_AFTER_FAILURES : 1;
  if (link.browserOffline || link.failures >= patience) return 'offline';
  return link.server === 'lost' ? 'reconnecting' : 'opening';
}

function live({ readonly, acknowledged }: Link): Status {
  if (readonly) return 'readonly';
  return acknowledged ? 'saved' : 'saving';
}
