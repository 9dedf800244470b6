import { useNow } from '../ui/use-now.ts';
import list from '../home/home.module.css';
import { relativeTime } from '../home/relative-time.ts';
import { SeeVersion } from './see-version.tsx';
import classes from './set-aside.module.css';
import { deleteSetAside } from './store.ts';
import { useSetAside } from './use-set-aside.ts';

/** Every version that was set aside on this device, also of plans that are no longer there; nothing when there is none. */
export function SetAsideList() {
  const now = useNow();
  const copies = useSetAside();
  if (copies.length === 0) return null;
  return (
    <section className={classes['list']} aria-labelledby="set-aside">
      <h2 id="set-aside">Set aside on this device</h2>
      <p>Versions with a change that the server did not take. Nobody else has them.</p>
      <ul>
        {copies.map((copy) => (
          <li key={copy.id} className={list['row']}>
            <div className={list['rowBody']}>
              <div className={classes['title']} dir="auto">
                {copy.title || 'Untitled plan'}
              </div>
              <div className={list['rowFacts']}>Set aside {relativeTime(copy.at, now)}</div>
            </div>
            <SeeVersion version={() => copy} onDelete={() => deleteSetAside(copy)} />
          </li>
        ))}
      </ul>
    </section>
  );
}
