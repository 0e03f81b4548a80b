import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// The server's page shell reads manifest.json to find the hashed names of the entry and its styles.
export default defineConfig({
  base: '/static/build/',
  plugins: [svelte()],
  publicDir: false,
  build: {
    outDir: '../static/build',
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: 'src/main.ts',
    },
  },
});
