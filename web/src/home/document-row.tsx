import { Link } from 'wouter';
import { useNow } from '../ui/use-now.ts';
import { untitled } from '../ui/untitled.ts';
import { type ListedDocument, pathOf } from './documents.ts';
import classes from './home.module.css';
import { KINDS_IN_LIST } from './kinds.ts';
import { relativeTime } from './relative-time.ts';

/** One document in the list; the whole row opens it. */
export function DocumentRow({ item }: { item: ListedDocument }) {
  const now = useNow();
  const { Facts, Badge } = KINDS_IN_LIST[item.kind];
  const changed = new Date(item.updated_at);
  return (
    <li className={classes['row']}>
      <div className={classes['rowBody']}>
        <Link className={classes['rowTitle']} href={pathOf(item.document)} dir="auto">
          {item.title || untitled(item.document)}
        </Link>
        <div className={classes['rowFacts']}>
          <Facts item={item} />
          <time dateTime={item.updated_at} title={changed.toLocaleString()}>
            {relativeTime(Math.min(changed.getTime(), now), now)}
          </time>
        </div>
      </div>
      <Badge item={item} />
    </li>
  );
}
