import { Button, Group } from '@mantine/core';
import { DocumentRow } from './document-row.tsx';
import type { useDocuments } from './documents.ts';
import classes from './home.module.css';
import { BEGINNING } from './kinds.ts';
import { LoadingList } from './home-skeleton.tsx';
import { OnThisDevice } from './on-this-device.tsx';

export interface DocumentListProps {
  query: Pick<ReturnType<typeof useDocuments>, 'data' | 'error' | 'refetch' | 'isFetching'>;
  mayWrite: boolean;
  onNew: () => void;
  onSample: () => void;
}

/** The list in each of its states: on its way, unreachable, empty, filled. What was there stays while it is refreshed. */
export function DocumentList({ query, ...beginning }: DocumentListProps) {
  const { data, error } = query;
  if (error) return <OnThisDevice error={error} listed={data?.items ?? []} retry={() => void query.refetch()} />;
  if (!data) return <LoadingList />;
  if (data.items.length === 0) return <Empty {...beginning} />;
  return (
    <ul className={classes['list']} aria-label={BEGINNING.plural}>
      {data.items.map((item) => (
        <DocumentRow key={item.document} item={item} />
      ))}
    </ul>
  );
}

function Empty({ mayWrite, onNew, onSample }: Omit<DocumentListProps, 'query'>) {
  const { title, text, action, readOnly } = BEGINNING.empty;
  return (
    <section className={classes['empty']}>
      <h2>{title}</h2>
      <p>{text}</p>
      {mayWrite ? (
        <Group gap={8}>
          <Button onClick={onNew}>{action}</Button>
          <Button variant="default" onClick={onSample}>
            {BEGINNING.sample.open}
          </Button>
        </Group>
      ) : (
        <p>{readOnly}</p>
      )}
    </section>
  );
}
