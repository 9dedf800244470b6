import { KIND_ROWS } from '@syncline/protocol';
import type { KindInList } from '../home/kinds.ts';
import classes from './in-list.module.css';

/** An application's document in the list: that it is one. */
export const DOC_IN_LIST: KindInList = {
  Facts: () => null,
  Badge: () => <span className={classes['badge']}>{KIND_ROWS.doc.label}</span>,
};
