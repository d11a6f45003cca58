import { readFileSync } from 'node:fs'

/*
 * `node scripts/release-notes.js v1.2.3 [URL]` prints what CHANGELOG.md says of that version, as GitHub's page of a
 * release wants it: a paragraph on one line, and links to files behind that URL. It fails unless the manifests have that
 * version, and the changelog a section of it that is not empty.
 */

const [tag = '', url = ''] = process.argv.slice(2)
const version = tag.replace(/^v/, '')

try {
  for (const file of ['package.json', 'client/package.json']) {
    const { version: found } = JSON.parse(readFileSync(file, 'utf8'))
    if (tag !== `v${found}`) throw new Error(`${file} has the version ${found}, which is not that of the tag '${tag}'`)
  }
  const section = sectionOf(readFileSync('CHANGELOG.md', 'utf8'))
  if (section === '') throw new Error(`CHANGELOG.md has nothing under ## [${version}] and a date`)
  console.log(absolute(unwrapped(section)))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

/** What is between the version's heading and the next of its level. */
function sectionOf (changelog) {
  const sections = changelog.split(/^## /m).map((section) => section.split(/\n([^]*)/))
  const [, text = ''] = sections.find(([heading]) => heading.startsWith(`[${version}] - `)) ?? []
  return text.trim()
}

/** Joins the lines that an item or a paragraph is wrapped into: GitHub would break them there. */
function unwrapped (markdown) {
  return markdown.replace(/(?<=\S)\n[ ]*(?=[^\s#*-])/g, ' ')
}

function absolute (markdown) {
  return url === '' ? markdown : markdown.replace(/\]\((?!https?:|#)([^)]+)\)/g, `](${url}/$1)`)
}
