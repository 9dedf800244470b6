import { Button } from '@mantine/core';
import { EDITOR_SCHEMA, neededEditorSchema } from '@syncline/model';
import { Component, type ReactNode } from 'react';
import { SeeVersion } from '../set-aside/see-version.tsx';
import { Notice } from '../ui/notice.tsx';
import { caretOf } from './caret.ts';
import { LiveEditor, type LiveEditorProps } from './live-editor.tsx';
import { NewerPlan } from './newer-plan.tsx';
import { useNeededEditorSchema } from './use-needed-editor-schema.ts';
import { useRescue } from './use-rescue.ts';

export type PlanEditorProps = Omit<LiveEditorProps, 'onFailed' | 'caret'>;

/** The plan's text. An editor of it that fails is replaced by a new one, made from the document, and the page says so. */
export default function PlanEditor(props: PlanEditorProps) {
  const { session } = props;
  const { attempt, state, caret, onFailed, retry, dismiss } = useRescue(session.doc);
  const needed = useNeededEditorSchema(session.doc);
  const failed = (error: unknown) => {
    // Then it has not failed: it was closed.
    if (neededEditorSchema(session.doc) <= EDITOR_SCHEMA) onFailed(attempt, error, caretOf(session.awareness));
  };
  if (needed > EDITOR_SCHEMA) return <NewerPlan session={session} needed={needed} />;
  return (
    <>
      {state === 'rebuilt' && (
        <Notice
          tone="calm"
          title="The text editor was restarted"
          detail="It had stopped following the document. Here is the text as it stands: look whether your last words are in it. What you wrote before can no longer be undone."
        >
          <Button variant="default" size="xs" onClick={dismiss}>
            All right
          </Button>
        </Notice>
      )}
      {state === 'failed' ? (
        <Notice
          tone="bad"
          title="The text cannot be shown"
          detail="The editor fails on it again and again. Nothing of it is lost, and nothing is written from here. It is tried again as soon as somebody changes the text."
        >
          <Button variant="default" size="xs" onClick={retry}>
            Try again
          </Button>
          <SeeVersion version={() => ({ ...session.version(), said: 'The text editor failed.' })} />
        </Notice>
      ) : (
        <Boundary key={attempt} onError={failed}>
          <LiveEditor {...props} caret={caret} onFailed={failed} />
        </Boundary>
      )}
    </>
  );
}

class Boundary extends Component<{ onError: (error: unknown) => void; children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override componentDidCatch(error: unknown): void {
    this.props.onError(error);
  }

  override render(): ReactNode {
    return this.state.hasFailed ? null : this.props.children;
  }
}
