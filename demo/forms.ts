import type { FastifyInstance } from 'fastify'

/** The fields of an HTML form; of a name that comes twice, the last. */
export type Form = Readonly<Record<string, string>>

/** Lets a server take small HTML forms, and no other bodies. */
export function takeForms (app: FastifyInstance) {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: 1024 }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))) satisfies Form)
  })
}
