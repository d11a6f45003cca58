import { basename, dirname } from 'node:path'
import type { Files } from '../../src/config/files.js'
import { readConfigMaps, thePod } from './manifests.js'

/* What the broker finds in its container. */

const maps = readConfigMaps()
const { pod, container } = thePod()

/** The container's environment: what it says itself overrules what it takes from ConfigMaps. */
export const variables: Record<string, string> = Object.fromEntries([
  ...container.envFrom.flatMap(({ configMapRef }) => Object.entries(maps.get(configMapRef.name) ?? {})),
  ...container.env.map(({ name, value = '' }) => [name, value]),
])

/** What whoever deploys puts in the place of each `REPLACE`. */
export const replacements: Record<string, string> = {
  APIDECK_APP_ID: 'app-1',
  TRUSTED_PROXIES: '10.0.7.0/28',
  ALLOWED_ORIGINS: 'https://app.example.com',
}

const secrets: Record<string, string> = {
  'apideck-api-key': 'sk_live_canary-4242424242424242\n',
  'gateway-secret': '0123456789abcdef0123456789abcdef\n',
  'redis-url': 'redis://broker:password@redis.example:6379\n',
}

/** The container's file system, as far as volumes make it. */
export const mounted: Files = {
  read (variable, path, faults) {
    const name = container.volumeMounts.find(({ mountPath }) => mountPath === dirname(path))?.name
    const volume = pod.volumes.find((volume) => volume.name === name)
    const content = volume?.secret === undefined ? maps.get(volume?.configMap?.name ?? '') : secrets
    const text = content?.[basename(path)]
    if (text === undefined) faults.push(`${variable} names no file of a volume`)
    return text
  },
}
