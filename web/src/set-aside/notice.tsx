import { Button } from '@mantine/core';
import { ERRORS } from '@syncline/protocol';
import { Notice } from '../ui/notice.tsx';
import { SeeVersion } from './see-version.tsx';
import { deleteSetAside, dismissSetAside, type SetAside } from './store.ts';
import { useSetAside } from './use-set-aside.ts';

/** Says of a document that the person's version was set aside, until they have taken note of it. */
export function SetAsideNotices({ document }: { document: string }) {
  const copies = useSetAside(document).filter(({ dismissed }) => !dismissed);
  return copies.map((copy) => <SetAsideNotice key={copy.id} copy={copy} />);
}

function SetAsideNotice({ copy }: { copy: SetAside }) {
  const isUnreadable = copy.code === ERRORS.invalid_request.closeCode;
  const time = new Date(copy.at).toLocaleTimeString(undefined, { timeStyle: 'short' });
  return (
    <Notice
      tone="calm"
      title={isUnreadable ? 'The server could not read a change of yours' : 'A change of yours was too large'}
      detail={`Your version of ${time} is set aside on this device, with all that you wrote. Below is the shared version: go on from there.`}
    >
      <SeeVersion version={() => copy} onDelete={() => deleteSetAside(copy)} />
      <Button variant="subtle" color="gray" size="xs" onClick={() => void dismissSetAside(copy)}>
        Dismiss
      </Button>
    </Notice>
  );
}
