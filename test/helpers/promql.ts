import type { Labels } from './documented-metrics.js'

/** What a query says that names no series. */
const WORDS = new Set([
  'sum', 'avg', 'min', 'max', 'count', 'topk', 'round', 'rate', 'increase', 'changes', 'absent', 'time', 'histogram_quantile', 'label_replace',
  'clamp_min', 'max_over_time', 'min_over_time', 'avg_over_time', 'vector', 'sort_desc', 'offset', 'and', 'or', 'unless', 'bool',
])

const STRINGS = /"(?:[^"\\]|\\.)*"/g
const SELECTOR = /([A-Za-z_:][\w:]*)\s*\{([^}]*)\}/g
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g
const RANGE = /\[[^\]]*\]|\boffset\s+\w+/g
const MATCHER = /(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g

/** What a query says that there is not: a series, a label, or a word of a label. Nothing where all is well. */
export function unknownIn (query: string, series: ReadonlyMap<string, Labels>): string[] {
  const bare = query.replaceAll(STRINGS, '""').replaceAll(RANGE, '').replaceAll(GROUPING, '').replaceAll(/\{[^}]*\}/g, '')
  const names = Array.from(bare.matchAll(/[A-Za-z_:][\w:]*/g), ([name]) => name).filter((name) => !WORDS.has(name))
  const selectors = Array.from(query.matchAll(SELECTOR), ([, name = '', matchers = '']) => ({ name, matchers }))
  return [
    ...names.filter((name) => !series.has(name)),
    ...selectors.flatMap(({ name, matchers }) => unknownMatchers(name, matchers, series.get(name) ?? {})),
  ]
}

function unknownMatchers (name: string, matchers: string, labels: Labels): string[] {
  return Array.from(matchers.matchAll(MATCHER)).flatMap(([, label = '', operator = '', value = '']) => {
    if (!(label in labels)) return [`${name}{${label}}`]
    const words = labels[label]
    if (words === undefined) return []
    const isRegExp = operator.includes('~')
    return (isRegExp ? value.split('|') : [value])
      .filter((part) => !words.some((word) => isRegExp ? new RegExp(`^(?:${part})$`).test(word) : word === part))
      .map((part) => `${name}{${label}="${part}"}`)
  })
}
