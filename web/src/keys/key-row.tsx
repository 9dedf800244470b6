import type { Role } from '@syncline/protocol';
import { signedIn } from '../access/kept.ts';
import home from '../home/home.module.css';
import { relativeTime } from '../home/relative-time.ts';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { describedEnd } from '../ui/expiry.tsx';
import { useNow } from '../ui/use-now.ts';
import type { ApiKey } from './keys.ts';
import classes from './keys.module.css';

export const ROLE_NAMES: Record<Role, string> = {
  viewer: 'Viewer',
  commenter: 'Commenter',
  editor: 'Editor',
  admin: 'Admin',
};

export interface KeyRowProps {
  item: ApiKey;
  isRevoking?: boolean;
  /** Absent where there is nothing left to revoke. */
  onRevoke?: () => void;
}

/** One key: who has it, what it opens, and until when. */
export function KeyRow({ item, isRevoking, onRevoke }: KeyRowProps) {
  const now = useNow();
  const created = Math.min(Date.parse(item.created_at), now);
  const isOwn = signedIn()?.claims.source === `key:${item.id}`;
  const plans = item.documents?.length;
  const reach = plans === undefined ? 'all plans' : plans === 1 ? 'one plan' : `${plans} plans`;
  const end = item.revoked_at
    ? `revoked ${relativeTime(Math.min(Date.parse(item.revoked_at), now), now)}`
    : describedEnd(item.expires_at);
  return (
    <li className={home['row']}>
      <div className={home['rowBody']}>
        <div className={classes['name']}>
          <span dir="auto">{item.name}</span>
          {isOwn && <em>You signed in with it</em>}
        </div>
        <div className={classes['facts']}>
          <span>
            {ROLE_NAMES[item.role]}, <span title={item.documents?.join(', ')}>{reach}</span>
          </span>
          <code>syn_…{item.last_four}</code>
          <span>
            Created {relativeTime(created, now)}, {end}
          </span>
        </div>
      </div>
      {onRevoke && (
        <ConfirmButton
          label="Revoke"
          aria-label={`Revoke ${item.name}`}
          sure={isOwn ? 'Revoke and sign out' : 'Shut it out now'}
          loading={isRevoking ?? false}
          onConfirm={onRevoke}
        />
      )}
    </li>
  );
}
