/** What stands in a file of the repository, and what is put in its place. */
export type Replacement = readonly [written: string, ours: string]

/** Puts each in its place. The file must have it, or something else would run than what is documented. */
export function fillIn (file: string, replacements: readonly Replacement[]): string {
  return replacements.reduce((text, [written, ours]) => {
    if (!text.includes(written)) throw new Error(`the file does not say ${written}`)
    return text.replaceAll(written, ours)
  }, file)
}
