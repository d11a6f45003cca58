import type { VaultSessionError } from 'vault-session-client'

/** What went wrong, in the broker's own words, and what to do. */
export function Refusal ({ error: { code, message, retryAfter, errors, requestId } }: { error: VaultSessionError }) {
  return (
    <div className='refusal' role='alert'>
      <p>{message}</p>
      {errors.length > 0 && <ul>{errors.map(({ pointer, message }) => <li key={pointer}><code>{pointer}</code> {message}</li>)}</ul>}
      {code === 'unauthenticated' && <p><a href={import.meta.env.VITE_SIGN_IN_URL ?? '/sign-in'}>Sign in</a>, then come back.</p>}
      {retryAfter !== undefined && <p>Try again in {retryAfter} {retryAfter === 1 ? 'second' : 'seconds'}.</p>}
      <p className='hint'>Code <code>{code}</code>{requestId !== undefined && <>, request <code>{requestId}</code></>}</p>
    </div>
  )
}
