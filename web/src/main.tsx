import '@fontsource-variable/inter';
import './ui/mantine.css';
import './ui/tokens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { takeLink } from './access/take-link.ts';
import { App } from './app.tsx';
import { keepAppOffline } from './offline/register.ts';

takeLink();
keepAppOffline();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
