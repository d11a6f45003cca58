/** Bounds of a free-form JSON object: levels of nesting, keys and items in all, characters of a key and of a string. */
export interface FreeFormLimits {
  depth: number
  entries: number
  keyLength: number
  stringLength: number
}

/**
 * Whether a parsed JSON value stays within the limits and holds no integer past 2^53 - 1, which would be another one
 * once written again, and no number that overflows. Walks without recursion, so that depth cannot
 * exhaust the stack before it is measured.
 */
export function isWithinLimits (limits: FreeFormLimits, value: unknown): boolean {
  const pending: Array<[value: unknown, depth: number]> = [[value, 1]]
  let entries = 0
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [item, depth] = next
    if (typeof item === 'string' && item.length > limits.stringLength) return false
    if (typeof item === 'number' && !isExact(item)) return false
    if (typeof item !== 'object' || item === null) continue
    if (depth > limits.depth) return false
    for (const [key, member] of Object.entries(item)) {
      if (++entries > limits.entries || key.length > limits.keyLength) return false
      pending.push([member, depth + 1])
    }
  }
  return true
}

function isExact (number: number): boolean {
  return Number.isInteger(number) ? Number.isSafeInteger(number) : Number.isFinite(number)
}
