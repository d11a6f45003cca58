import { execFileSync } from 'node:child_process'

/**
 * Why the tests that need kustomize are left out: there is no kubectl, or one from before kustomize 5, such as Debian's.
 * In CI too, for want of a package of Debian's or npm's with a newer one. What else is said of manifests needs none.
 */
export function withoutKustomize (): string | false {
  try {
    const { kustomizeVersion } = JSON.parse(execFileSync('kubectl', ['version', '--client', '--output', 'json'], { encoding: 'utf8' })) as { kustomizeVersion?: string }
    return !/^v([5-9]|\d\d)\./.test(kustomizeVersion ?? '') && 'kubectl brings no kustomize 5: install a newer one'
  } catch {
    return 'there is no kubectl here: install it'
  }
}
