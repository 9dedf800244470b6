import { Button, Group } from '@mantine/core';
import { DocumentRow } from './document-row.tsx';
import type { useDocuments } from './documents.ts';
import classes from './home.module.css';
import { LoadingList } from './home-skeleton.tsx';
import { OnThisDevice } from './on-this-device.tsx';

export interface DocumentListProps {
  query: Pick<ReturnType<typeof useDocuments>, 'data' | 'error' | 'refetch' | 'isFetching'>;
  mayWrite: boolean;
  onNewPlan: () => void;
  onSample: () => void;
}

/** The list in each of its states: on its way, unreachable, empty, filled. What was there stays while it is refreshed. */
export function DocumentList({ query, ...beginning }: DocumentListProps) {
  const { data, error } = query;
  if (error) return <OnThisDevice error={error} listed={data?.items ?? []} retry={() => void query.refetch()} />;
  if (!data) return <LoadingList />;
  if (data.items.length === 0) return <Empty {...beginning} />;
  return (
    <ul className={classes['list']} aria-label="Plans">
      {data.items.map((item) => (
        <DocumentRow key={item.name} item={item} />
      ))}
    </ul>
  );
}

function Empty({ mayWrite, onNewPlan, onSample }: Omit<DocumentListProps, 'query'>) {
  return (
    <section className={classes['empty']}>
      <h2>No plans yet</h2>
      <p>
        A plan is a list of steps and the thinking behind them. You and your agents edit it together, live: an agent
        drafts it, you change a word or tick a step, and it reads your changes before it goes on.
      </p>
      {mayWrite ? (
        <Group gap={8}>
          <Button onClick={onNewPlan}>Write a plan</Button>
          <Button variant="default" onClick={onSample}>
            Open a sample
          </Button>
        </Group>
      ) : (
        <p>With your key you can read the plans that others write here.</p>
      )}
    </section>
  );
}
