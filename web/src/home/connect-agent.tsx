import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import classes from './connect-agent.module.css';

/** How an agent gets in: the address, and the one line that adds it. */
export function ConnectAgent() {
  const address = `${window.location.origin}/mcp`;
  return (
    <section className={classes['connect']} aria-labelledby="connect-agent">
      <h2 id="connect-agent">Connect an agent</h2>
      <p>
        An agent reads and edits these plans over MCP, under its own name, while you watch. Add Syncline to Claude Code
        with one line, or give any other agent the address.
      </p>
      <Copyable label="Claude Code" text={`claude mcp add --transport http syncline ${address}`} />
      <Copyable label="Address" text={address} />
    </section>
  );
}

function Copyable({ label, text }: { label: string; text: string }) {
  return (
    <div className={classes['copyable']}>
      <span className={classes['copyLabel']}>{label}</span>
      <code>{text}</code>
      <CopyButton value={text} timeout={1500}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? 'Copied' : 'Copy'}>
            <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label={`Copy: ${label}`}>
              {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
