/**
 * What Apideck's OpenAPI says about a Session. Written from their document, not shared with the broker's schema: the
 * stand-in must be able to disagree with the broker.
 */
import { type Static, Type } from '@sinclair/typebox'

const closed = { additionalProperties: false }

const ConsumerMetadataSchema = Type.Partial(Type.Object({
  account_name: Type.String(),
  user_name: Type.String(),
  email: Type.String(),
  image: Type.String(),
}))

const ThemeSchema = Type.Partial(Type.Object({
  favicon: Type.String(),
  logo: Type.String(),
  primary_color: Type.String(),
  sidepanel_background_color: Type.String(),
  sidepanel_text_color: Type.String(),
  vault_name: Type.String(),
  privacy_url: Type.String(),
  terms_url: Type.String(),
}))

const ActionSchema = Type.Union([
  Type.Literal('delete'),
  Type.Literal('disconnect'),
  Type.Literal('reauthorize'),
  Type.Literal('disable'),
])

const SettingsSchema = Type.Partial(Type.Object({
  unified_apis: Type.Array(Type.String()),
  hide_resource_settings: Type.Boolean(),
  sandbox_mode: Type.Boolean(),
  isolation_mode: Type.Boolean(),
  session_length: Type.String(),
  show_logs: Type.Boolean(),
  show_suggestions: Type.Boolean(),
  show_sidebar: Type.Boolean(),
  auto_redirect: Type.Boolean(),
  hide_guides: Type.Boolean(),
  allow_actions: Type.Array(ActionSchema),
}), closed)

export const SessionSchema = Type.Partial(Type.Object({
  consumer_metadata: ConsumerMetadataSchema,
  redirect_uri: Type.String(),
  settings: SettingsSchema,
  theme: ThemeSchema,
  custom_consumer_settings: Type.Record(Type.String(), Type.Unknown()),
}), closed)

export type Session = Static<typeof SessionSchema>
export type Settings = Static<typeof SettingsSchema>
export type Theme = Static<typeof ThemeSchema>
export type Action = Static<typeof ActionSchema>
