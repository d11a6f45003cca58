/** What a verified token says: a JSON object. */
export type Claims = Readonly<Record<string, unknown>>

/**
 * The value of a claim by its name, or `undefined`. A key of that very name wins, dots, URL and all; else the dots lead
 * into objects, the longest key first: `org.id`, `https://acme.example/org.id`. Never into what objects inherit, nor
 * into arrays.
 */
export function claimAt (claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const key = name.slice(0, dot)
    const inner = Object.hasOwn(claims, key) ? claims[key] : undefined
    const value = isClaims(inner) ? claimAt(inner, name.slice(dot + 1)) : undefined
    if (value !== undefined) return value
  }
  return undefined
}

function isClaims (value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
