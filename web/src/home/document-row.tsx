import { Link } from 'wouter';
import { StatusBadge } from '../plans/status-badge.tsx';
import { StepProgress } from '../plans/step-progress.tsx';
import { useNow } from '../ui/use-now.ts';
import type { ListedDocument } from './documents.ts';
import classes from './home.module.css';
import { relativeTime } from './relative-time.ts';

/** One plan in the list; the whole row opens it. */
export function DocumentRow({ item }: { item: ListedDocument }) {
  const now = useNow();
  const changed = new Date(item.updated_at);
  return (
    <li className={classes['row']}>
      <div className={classes['rowBody']}>
        <Link className={classes['rowTitle']} href={`/plan/${item.id}`} dir="auto">
          {item.title || 'Untitled plan'}
        </Link>
        <div className={classes['rowFacts']}>
          <StepProgress done={item.done} total={item.total} />
          <time dateTime={item.updated_at} title={changed.toLocaleString()}>
            {relativeTime(Math.min(changed.getTime(), now), now)}
          </time>
        </div>
      </div>
      <StatusBadge status={item.status} />
    </li>
  );
}
