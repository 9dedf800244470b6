import { Button, type ButtonProps } from '@mantine/core';
import { useState } from 'react';

export interface ConfirmButtonProps extends Pick<ButtonProps, 'className' | 'loading'> {
  label: string;
  /** What is meant, where that is plain to see but not to hear. */
  'aria-label'?: string;
  /** What it says once it has been pressed. */
  sure: string;
  onConfirm: () => void;
}

/** Asks once more, in place, before what cannot be taken back. */
export function ConfirmButton({ label, sure, onConfirm, 'aria-label': named, ...props }: ConfirmButtonProps) {
  const [isSure, setSure] = useState(false);
  return (
    <Button
      {...props}
      color="red"
      c="var(--bad)"
      variant={isSure ? 'light' : 'subtle'}
      size="xs"
      {...(named && { 'aria-label': isSure ? `${sure}: ${named}` : named })}
      onClick={() => (isSure ? onConfirm() : setSure(true))}
      onBlur={() => setSure(false)}
    >
      {isSure ? sure : label}
    </Button>
  );
}
