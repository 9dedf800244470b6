import type { ConnectOptions } from '@syncline/client';
import { DocumentProvider, useDocument, useSessionState, useStatus } from '@syncline/client/react';
import { isBlank, KIND_MODELS } from '@syncline/model';
import { type Kind, reaches } from '@syncline/protocol';
import { type ReactNode, useMemo } from 'react';
import { accessOf, openWith } from '../access/document-access.ts';
import { currentPerson, usePerson } from '../person/person.ts';
import { keepAside } from '../set-aside/store.ts';
import { type ClosingWords, closingWords } from './closing-words.ts';
import { type StatusWords, statusWords } from './status-words.ts';

export interface OpenDocumentProps {
  kind: Kind;
  id: string;
  children: ReactNode;
  /** Shown until it is opened. */
  fallback: ReactNode;
}

/** Opens a document as whoever sits at this browser, for what is shown in it. */
export function OpenDocument({ kind, id, children, fallback }: OpenDocumentProps) {
  const options = useMemo(() => openingOf(kind, id), [kind, id]);
  const { name, color } = usePerson();
  return (
    <DocumentProvider {...options} user={{ ...options.user, name, color }} fallback={fallback}>
      {children}
    </DocumentProvider>
  );
}

/** Why the server closed the document, and the ways out; null as long as it has not. */
export function useClosing(): ClosingWords | null {
  const { name } = useDocument();
  const { closing } = useSessionState();
  return useMemo(() => closing && closingWords(closing, accessOf(name).by), [closing, name]);
}

/** The document's status, in words. */
export function useStatusWords(): StatusWords {
  const { link } = useSessionState();
  return statusWords(useStatus(), link, useClosing());
}

function openingOf(kind: Kind, id: string) {
  const document = `${kind}:${id}`;
  const access = openWith(document);
  const { seed, presence, title } = KIND_MODELS[kind];
  const person = currentPerson();
  return {
    url: `${window.location.origin.replace(/^http/, 'ws')}/sync`,
    document,
    token: ({ renew }) => access.token(renew),
    user: { ...person, id: access.idOf(person.id) },
    storage: `u:${person.id}:d:${access.workspace}/${document}`,
    seed,
    isBlank: (doc) => isBlank(doc, kind),
    title,
    presence,
    readonly: !reaches(access.role, 'editor'),
    onTokenRefused: () => access.forget(),
    onClosed: ({ shutOut }) => shutOut && access.over(),
    onRefused: keepAside,
  } satisfies ConnectOptions;
}
