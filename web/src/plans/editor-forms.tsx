import { components } from '@blocknote/mantine';
import {
  type ComponentProps,
  ComponentsContext,
  FilePanelController,
  FormattingToolbarController,
  LinkToolbarController,
} from '@blocknote/react';
import { type ChangeEvent, createContext, use, useEffect, useState } from 'react';
import { placeInDocument } from '../drafts/own-drafts.ts';
import { useKeptForm } from '../ui/use-kept-form.ts';

type FormProps = ComponentProps['Generic']['Form']['Root'];
type TextInputProps = ComponentProps['Generic']['Form']['TextInput'];
type PanelInputProps = ComponentProps['FilePanel']['TextInput'];
type Input = Pick<TextInputProps, 'value' | 'onChange'>;

const { FilePanel, Generic } = components;
const Document = createContext('');
/** How the fields of the form around are discarded. */
const Discards = createContext(new Set<() => void>());

/** BlockNote writes these into the document as they are typed. */
const LIVE = ['file-name', 'file-caption'];

const KEPT = {
  ...components,
  FilePanel: { ...FilePanel, TextInput: PanelInput },
  Generic: { ...Generic, Form: { Root: Form, TextInput } },
};

/** The editor's own forms, for links and for the addresses of files, which keep what is written until it is sent. */
export function EditorForms({ document }: { document: string }) {
  return (
    <Document value={document}>
      <ComponentsContext value={KEPT}>
        <FormattingToolbarController />
        <LinkToolbarController />
        <FilePanelController />
      </ComponentsContext>
    </Document>
  );
}

function Form({ onSubmit, ...props }: FormProps) {
  const [discards] = useState(() => new Set<() => void>());
  const submit = () => {
    onSubmit?.();
    for (const discard of discards) discard();
  };
  return (
    <Discards value={discards}>
      <Generic.Form.Root {...props} onSubmit={submit} />
    </Discards>
  );
}

function TextInput(props: TextInputProps) {
  return LIVE.includes(props.name) ? <Generic.Form.TextInput {...props} /> : <KeptTextInput {...props} />;
}

function KeptTextInput(props: TextInputProps) {
  return <Generic.Form.TextInput {...props} onChange={useKeptInput(props.name, props)} />;
}

function PanelInput(props: PanelInputProps) {
  return <FilePanel.TextInput {...props} onChange={useKeptInput('file-address', props)} />;
}

/** The form has the text in a state of its own, and is told of a draft as if that were typed. */
function useKeptInput(name: string, { value, onChange }: Input): Input['onChange'] {
  const document = use(Document);
  const discards = use(Discards);
  const [initial] = useState(value);
  const [place] = useState(() => placeInDocument(document, `${name}:${initial}`));
  const { fields, set, discard } = useKeptForm(place, { text: initial });
  const { text } = fields;
  useEffect(() => {
    discards.add(discard);
    return () => void discards.delete(discard);
  });
  useEffect(() => {
    if (text !== initial && text !== value)
      onChange({ currentTarget: { value: text } } as ChangeEvent<HTMLInputElement>);
  });
  return (event) => {
    set({ text: event.currentTarget.value });
    onChange(event);
  };
}
