import { Link } from 'wouter';
import { signedIn } from '../access/kept.ts';
import { Copyable } from '../ui/copyable.tsx';
import classes from './connect-agent.module.css';

/** How an agent gets in: the address, and the one line that adds it. */
export function ConnectAgent() {
  const address = `${window.location.origin}/mcp`;
  const line = `claude mcp add --transport http syncline ${address}`;
  const own = signedIn();
  return (
    <section className={classes['connect']} aria-labelledby="connect-agent">
      <h2 id="connect-agent">Connect an agent</h2>
      <p>
        An agent reads and edits these plans over MCP, under its own name, while you watch. Add Syncline to Claude Code
        with one line, or give any other agent the address.{' '}
        {own && (
          <>
            It needs a key of its own:{' '}
            {own.claims.role === 'admin' ? <Link href="/keys">create one</Link> : 'ask an admin for one'}.
          </>
        )}
      </p>
      <Copyable label="Claude Code" text={own ? `${line} --header "Authorization: Bearer <key>"` : line} />
      <Copyable label="Address" text={address} />
    </section>
  );
}
