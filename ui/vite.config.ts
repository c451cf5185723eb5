// Builds the window's page: plain files for a strict content security policy.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
].join('; ');

export default defineConfig(({ mode }) => ({
  plugins: [react()],
  base: '/',
  define: {
    // The page without the desktop around it, on made-up data: `vite` and `vite build --mode fake`.
    __FAKE_ALLOWED__: JSON.stringify(mode === 'development' || mode === 'fake'),
  },
  build: {
    outDir: mode === 'fake' ? 'dist-fake' : 'dist',
    emptyOutDir: true,
    target: ['safari18.2', 'chrome123'],
    cssTarget: ['safari18.2', 'chrome123'],
    // A font as a data: address would be refused by the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  server: { port: 5199, strictPort: true },
  preview: {
    port: 5198,
    strictPort: true,
    headers: { 'Content-Security-Policy': policy },
  },
  test: {
    environment: 'jsdom',
    globals: false,
    setupFiles: ['src/test/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    css: { modules: { classNameStrategy: 'non-scoped' } },
    testTimeout: 90_000,
    env: { TZ: 'UTC' },
  },
}));
