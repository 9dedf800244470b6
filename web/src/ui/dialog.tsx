import '@mantine/core/styles/ModalBase.css';
import '@mantine/core/styles/Modal.css';
import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';

export interface DialogProps {
  title: string;
  opened: boolean;
  onClose: () => void;
  children: ReactNode;
  size?: 'lg';
}

/** A dialog in the middle of the page. Load it with what needs it: a page can be read before any is opened. */
export function Dialog(props: DialogProps) {
  return (
    <Modal
      centered
      overlayProps={{ backgroundOpacity: 0.35 }}
      styles={{ title: { fontWeight: 600 } }}
      closeButtonProps={{ 'aria-label': 'Close' }}
      {...props}
    />
  );
}
