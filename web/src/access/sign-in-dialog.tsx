import { QueryClientProvider } from '@tanstack/react-query';
import { queries } from '../rest/queries.ts';
import { Dialog } from '../ui/dialog.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** Signs in again over a document that stays in sight. */
export default function SignInDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog opened onClose={onClose} title="Sign in">
      <QueryClientProvider client={queries}>
        <SignInForm />
      </QueryClientProvider>
    </Dialog>
  );
}
