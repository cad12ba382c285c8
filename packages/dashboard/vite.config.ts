import { preact } from '@preact/preset-vite';
import { defineConfig } from 'vite';

/** `npm run dev -w packages/dashboard` passes what is not a file of the page on to this gateway. */
const gateway = 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [preact({ devToolsEnabled: false })],
  // Nothing inline: the gateway serves the page with a policy that allows files of its own only.
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '/v1.1': gateway, '/readyz': gateway, '/docs': gateway, '/openapi.json': gateway } },
});
