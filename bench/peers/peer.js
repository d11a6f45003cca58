/** What each peer is told, by the variables that the broker has for it, and how it says that it listens. */

export const apiKey = process.env.APIDECK_API_KEY
export const appId = process.env.APIDECK_APP_ID
export const serverURL = process.env.APIDECK_BASE_URL
export const upstream = new URL(`${serverURL}/vault/sessions`)

export const credentials = { authorization: `Bearer ${apiKey}`, 'x-apideck-app-id': appId }

export function listening (server) {
  console.log(server.address().port)
}

/** The Session in the SDK's spelling, without which it would drop what it does not know. */
export function inSdkTerms ({ redirect_uri: redirectUri, settings, custom_consumer_settings: customConsumerSettings }) {
  return {
    redirectUri,
    settings: { unifiedApis: settings.unified_apis, sessionLength: settings.session_length },
    customConsumerSettings,
  }
}
