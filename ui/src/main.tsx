/** Starts the page in the desktop's window, or on made-up data where a build allows it. */
import './design/fonts';
import './design/tokens.css';
import './design/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { makeQueryClient } from './app/reads';
import { findHost } from './host';

const seconds = () => Math.floor(Date.now() / 1000);

async function start() {
  const place = document.getElementById('root');
  if (!place) throw new Error('The page has no place to draw in');
  const host = await findHost(seconds());
  // The router reads the address, so it comes after the host has cleaned it.
  const { makeRouter } = await import('./app/router');
  createRoot(place).render(
    <StrictMode>
      <App host={host} clock={seconds} client={makeQueryClient()} router={makeRouter()} />
    </StrictMode>,
  );
}

void start();
