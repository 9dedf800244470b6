import { QueryClientProvider } from '@tanstack/react-query';
import { Link } from 'wouter';
import { recentDocuments } from '../home/recent-documents.ts';
import { queries } from '../rest/queries.ts';
import { Header } from '../ui/header.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { linkTo, signedIn } from './kept.ts';
import { SignInForm } from './sign-in-form.tsx';
import classes from './sign-in.module.css';

export interface SignInPageProps {
  title?: string;
  detail?: string;
}

/** In place of what the server shows only to those it knows. */
export default function SignInPage({ title, detail }: SignInPageProps) {
  const heading = title ?? (signedIn() ? 'Sign in again' : 'Sign in');
  usePageTitle(heading);
  const linked = recentDocuments().filter(({ document }) => linkTo(document)?.isOver === false);
  return (
    <QueryClientProvider client={queries}>
      <Header />
      <main className={classes['page']}>
        <h1>{heading}</h1>
        <p>
          {detail ??
            'This server lets in whoever has an API key. If you were sent a link to a plan, open it: it lets you in by itself.'}
        </p>
        <SignInForm />
        {linked.length > 0 && (
          <section aria-labelledby="linked">
            <h2 id="linked">Opened by link on this device</h2>
            <ul>
              {linked.map(({ document, title }) => (
                <li key={document}>
                  <Link href={`/${document.replace(':', '/')}`} dir="auto">
                    {title || 'Untitled plan'}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        )}
      </main>
    </QueryClientProvider>
  );
}
