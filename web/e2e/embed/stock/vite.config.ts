import { defineConfig } from 'vite';

export default defineConfig({ preview: { port: 5173, strictPort: true } });
