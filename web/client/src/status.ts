import type { Closing } from './closing.ts';
import type { Link } from './link.ts';
import { isOnlyHere } from './only-here.ts';

export type StatusKind =
  | 'opening'
  | 'saved'
  | 'saving'
  | 'reconnecting'
  | 'offline'
  | 'full'
  | 'unsaved'
  | 'readonly'
  | 'removed'
  | 'refused';

export interface Status {
  kind: StatusKind;
  label: string;
  /** The same for a narrow screen. */
  short: string;
  /** The same at greater length. */
  detail: string;
}

/** Failures after which a connection that was there is no longer just being mended. */
const OFFLINE_AFTER_FAILURES = 3;

/**
 * What a person may be told. *Saved* follows the cluster's acknowledgement and nothing else; a copy on the device is
 * called that, and only when there is one.
 */
export function statusOf(link: Link, closing: Closing | null): Status {
  if (link.server === 'setting_aside') return SETTING_ASIDE;
  if (isOnlyHere(link) && link.server !== 'live') return unsaved(link);
  if (closing) return closed(closing);
  if (link.device === 'full') return full(link);
  if (link.server === 'live') return live(link);
  const patience = link.server === 'lost' ? OFFLINE_AFTER_FAILURES : 1;
  if (link.browserOffline || link.failures >= patience) return away('offline', link);
  if (link.server === 'lost') return away('reconnecting', link);
  return {
    kind: 'opening',
    label: 'Opening…',
    short: 'Opening…',
    detail: 'Reading this device’s copy and asking the server for news.',
  };
}

const SETTING_ASIDE: Status = {
  kind: 'refused',
  label: 'Setting your version aside…',
  short: 'Setting aside…',
  detail: 'The server refused a change. Your version is kept on this device, and the shared one is loaded.',
};

/** What was written exists in this tab alone, and not just for the moment that the server takes to answer. */
export function unsaved({ device }: Pick<Link, 'device'>): Status {
  const why =
    device === 'full'
      ? 'this browser has no room left. Free some disk space, or leave'
      : 'this browser keeps no copy. Leave';
  return {
    kind: 'unsaved',
    label: 'Not saved: keep this tab open',
    short: 'Not saved: keep this tab open',
    detail: `The server has not confirmed your last changes, and ${why} this tab open until it has; or copy your text.`,
  };
}

function closed(closing: Closing): Status {
  const kind = closing.shutOut ? 'removed' : 'refused';
  return { kind, label: closing.title, short: closing.title, detail: closing.detail };
}

function live(link: Link): Status {
  if (link.readonly)
    return {
      kind: 'readonly',
      label: 'You can view',
      short: 'You can view',
      detail: 'You can read this document and see it change.',
    };
  if (link.acknowledged) {
    return {
      kind: 'saved',
      label: 'All changes saved',
      short: 'Saved',
      detail: 'The server has everything, and so do the others.',
    };
  }
  return {
    kind: 'saving',
    label: 'Saving…',
    short: 'Saving…',
    detail: 'The server has not yet confirmed your last changes.',
  };
}

function full({ server }: Link): Status {
  return {
    kind: 'full',
    label: 'Storage full, not saved on this device',
    short: 'Storage full',
    detail:
      server === 'live'
        ? 'Your changes go to the server, but this browser has no room left for them: without the server they cannot be shown. Free some disk space.'
        : 'This browser has no room left: what you write now is saved only once the server is back. Free some disk space.',
  };
}

function away(kind: 'offline' | 'reconnecting', link: Link): Status {
  const state = kind === 'offline' ? 'Offline' : 'Reconnecting…';
  if (link.device === 'not_kept') {
    return {
      kind,
      label: `${state}${kind === 'offline' ? ',' : ''} not saved on this device`,
      short: `${state.replace('…', '')}, no copy`,
      detail: 'This browser keeps no copy: what you write now is saved only once the server is back.',
    };
  }
  if (kind === 'reconnecting') {
    return {
      kind,
      label: 'Reconnecting… saved on this device',
      short: 'Reconnecting…',
      detail: 'Your changes are sent as soon as the server answers.',
    };
  }
  return {
    kind,
    label: 'Offline, saved on this device',
    short: 'Offline',
    detail: 'Keep working. Your changes are sent as soon as the server can be reached.',
  };
}
