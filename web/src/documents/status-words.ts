import type { Link, Status } from '@syncline/client';
import type { ClosingWords } from './closing-words.ts';

/** A document's status in words. */
export interface StatusWords {
  status: Status;
  label: string;
  /** The same for a narrow screen. */
  short: string;
  /** The same at greater length. */
  detail: string;
}

/** What a person is told. A copy on the device is called that, and only when there is one. */
export function statusWords(status: Status, link: Link, closing: ClosingWords | null): StatusWords {
  if (link.server === 'setting_aside') return SETTING_ASIDE;
  if (status === 'unsaved') return unsaved(link);
  if (status === 'full') return full(link);
  if (status === 'offline' || status === 'reconnecting') return away(status, link);
  if (closing && (status === 'removed' || status === 'refused'))
    return { status, label: closing.title, short: closing.title, detail: closing.detail };
  return { status, ...(CONSTANT[status] ?? CONSTANT.opening) };
}

type Constant = Record<'opening' | 'saved' | 'saving' | 'readonly', Omit<StatusWords, 'status'>>;

const CONSTANT: Constant & Partial<Record<Status, Omit<StatusWords, 'status'>>> = {
  opening: {
    label: 'Opening…',
    short: 'Opening…',
    detail: 'Reading this device’s copy and asking the server for news.',
  },
  readonly: {
    label: 'You can view',
    short: 'You can view',
    detail: 'You can read this document and see it change.',
  },
  saved: { label: 'All changes saved', short: 'Saved', detail: 'The server has everything, and so do the others.' },
  saving: { label: 'Saving…', short: 'Saving…', detail: 'The server has not yet confirmed your last changes.' },
};

const SETTING_ASIDE: StatusWords = {
  status: 'refused',
  label: 'Setting your version aside…',
  short: 'Setting aside…',
  detail: 'The server refused a change. Your version is kept on this device, and the shared one is loaded.',
};

/** What was written exists in this tab alone, and not just for the moment that the server takes to answer. */
function unsaved({ device }: Pick<Link, 'device'>): StatusWords {
  const why =
    device === 'full'
      ? 'this browser has no room left. Free some disk space, or leave'
      : 'this browser keeps no copy. Leave';
  return {
    status: 'unsaved',
    label: 'Not saved: keep this tab open',
    short: 'Not saved: keep this tab open',
    detail: `The server has not confirmed your last changes, and ${why} this tab open until it has; or copy your text.`,
  };
}

function full({ server }: Link): StatusWords {
  return {
    status: 'full',
    label: 'Storage full, not saved on this device',
    short: 'Storage full',
    detail:
      server === 'live'
        ? 'Your changes go to the server, but this browser has no room left for them: without the server they cannot be shown. Free some disk space.'
        : 'This browser has no room left: what you write now is saved only once the server is back. Free some disk space.',
  };
}

function away(status: 'offline' | 'reconnecting', link: Link): StatusWords {
  const state = status === 'offline' ? 'Offline' : 'Reconnecting…';
  if (link.device === 'not_kept') {
    return {
      status,
      label: `${state}${status === 'offline' ? ',' : ''} not saved on this device`,
      short: `${state.replace('…', '')}, no copy`,
      detail: 'This browser keeps no copy: what you write now is saved only once the server is back.',
    };
  }
  if (status === 'reconnecting') {
    return {
      status,
      label: 'Reconnecting… saved on this device',
      short: 'Reconnecting…',
      detail: 'Your changes are sent as soon as the server answers.',
    };
  }
  return {
    status,
    label: 'Offline, saved on this device',
    short: 'Offline',
    detail: 'Keep working. Your changes are sent as soon as the server can be reached.',
  };
}
