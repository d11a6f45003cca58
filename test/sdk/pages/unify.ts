/* What a page's bundler is given of the SDK. */
export { Apideck } from '@apideck/unify'
