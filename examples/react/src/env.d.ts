interface ImportMetaEnv {
  /** The broker's route, where it is not on the page's own origin. */
  readonly VITE_BROKER_URL?: string
  /** Where users sign in. */
  readonly VITE_SIGN_IN_URL?: string
}
