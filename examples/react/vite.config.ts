import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { demoFrame } from './demo-frame.js'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  plugins: [react(), demoFrame(process.env['VITE_VAULT_FRAME'])],
  resolve: {
    // The client as it lies beside this example. A project of yours says `npm install vault-session-client` instead.
    alias: { 'vault-session-client': here('../../client/src/index.ts') },
  },
  server: { fs: { allow: [here('.'), here('../../client')] } },
  // As it is, and not bundled beforehand, so that its address can be another.
  optimizeDeps: { exclude: ['@apideck/vault-js'] },
})
