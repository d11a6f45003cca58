import { readConfig, type Config } from '../../src/config.js'

/** The key that no answer and no log line may hold. */
export const API_KEY = 'sk_live_canary-4242424242424242'

/** The least that the broker starts with, for a test: no account, no network. */
export const environment: Readonly<Record<string, string>> = Object.freeze({
  APIDECK_API_KEY: API_KEY,
  APIDECK_APP_ID: 'app-1',
  APIDECK_CONSUMER_ID: 'acme',
  IDENTITY: 'static',
  HOST: '127.0.0.1',
  PORT: '0',
})

export function testConfig (variables: Record<string, string> = {}): Config {
  return readConfig({ ...environment, ...variables })
}
