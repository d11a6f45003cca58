/** A small product whose users connect their tools through the broker: one settings page with both ways in. */
import fastify from 'fastify'
import { readAsset } from '../assets.js'
import { samplePage } from './page.js'
import { PAGE, type SampleOrigins } from './session.js'

interface PageRoute {
  Querystring: { from?: unknown, authorizedConnection?: unknown }
}

export function createSample (origins: SampleOrigins) {
  const app = fastify({ forceCloseConnections: true })

  const policy = [
    'default-src \'none\'',
    'script-src \'self\'',
    'style-src \'self\'',
    'img-src \'self\'',
    `connect-src ${origins.broker}`,
    // The vault too: browsers hold a form's redirect to this list as well.
    `form-action ${origins.broker} ${origins.vault}`,
    'base-uri \'none\'',
    'frame-ancestors \'none\'',
  ].join('; ')

  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'cache-control': 'no-cache',
      'content-security-policy': policy,
      // With `no-referrer` the browser would send the form with `Origin: null`.
      'referrer-policy': 'strict-origin-when-cross-origin',
      'x-content-type-options': 'nosniff',
    })
  })

  for (const [name, extension] of [['sample', 'css'], ['sample', 'js'], ['larkspur', 'svg'], ['ada-park', 'svg']] as const) {
    const { type, body } = readAsset(`sample/public/${name}`, extension)
    app.get(`/assets/${name}.${extension}`, async (_request, reply) => reply.type(type).send(body))
  }

  app.get('/', async (_request, reply) => reply.redirect(PAGE))

  app.get<PageRoute>(PAGE, async ({ query }, reply) => {
    return reply.type('text/html; charset=utf-8').send(samplePage(origins, query).text)
  })

  return app
}
