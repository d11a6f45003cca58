import type { Plugin } from 'vite'

/**
 * For the demo alone: Vault JS opens a frame at Apideck, which knows nothing of the demo's sessions, so there its address
 * is that of the demo's own frame. A project of yours has no use for this.
 */
export function demoFrame (origin: string | undefined): Plugin {
  return {
    name: 'demo-frame',
    transform (code, id) {
      if (origin === undefined || !id.includes('/@apideck/vault-js/')) return undefined
      return { code: code.replaceAll('https://vaultjs.apideck.com', origin), map: null }
    },
  }
}
