import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * The console as static files. No inline script, no inline style, no data: URL in place of a file, so that the strict policy
 * (`script-src 'self'`) holds; `npm run dev` serves it with the API of a server on this machine.
 */
export default defineConfig({
  plugins: [react()],
  build: { target: 'es2023', assetsInlineLimit: 0, sourcemap: false, reportCompressedSize: true },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
