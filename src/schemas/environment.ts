import { Type, type Static } from '@sinclair/typebox'
import { choice, integer, list, secret, text, withDefault } from './variable.js'

/** Signature algorithms (RFC 7518, RFC 8037) whose keys can be published. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

type Algorithm = typeof algorithms[number]

const headerName = 'the name of a header, without underscores, that means nothing else here'

/**
 * Every variable that the broker reads, with its meaning, its form and its default, in the order of `.env.example`.
 * A variable without a default is required unless it is optional. What no single variable can tell (that two of them
 * contradict each other, say) is in `config`.
 */
export const EnvironmentSchema = Type.Object({
  APIDECK_API_KEY: secret({
    description: 'The secret API key of the Apideck application, without Bearer.',
    'x-expected': 'the key alone, without Bearer and white space',
  }, { pattern: '^[A-Za-z0-9._~+/-]+=*$', minLength: 8 }),
  APIDECK_APP_ID: text({
    description: 'The ID of the Apideck application.',
    'x-expected': 'an ID of at most 255 characters, without white space',
  }, { pattern: '^[\\x21-\\x7e]{1,255}$' }),
  APIDECK_BASE_URL: text({
    description: 'The upstream.',
    'x-expected': 'an https URL (http to loopback alone) without userinfo, query and fragment',
  }, { format: 'base-url', default: 'https://unify.apideck.com' }),
  APIDECK_CONSUMER_ID: Type.Optional(text({
    description: 'The one consumer whose vault opens with IDENTITY=static.',
    'x-expected': '1 to 255 of A-Z a-z 0-9 . _ : @ / + = | ~ -',
  }, { format: 'consumer-id' })),

  HOST: text({
    description: 'The address to listen on.',
    'x-expected': 'an IP address or a host name',
  }, { pattern: '^[A-Za-z0-9.:-]{1,253}$', default: '0.0.0.0' }),
  PORT: withDefault(integer('The port to listen on; 0 takes any free one.', 0, 65_535), 3000),
  LOG_LEVEL: choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'The least level that is logged.', 'info'),

  IDENTITY: choice(['jwt', 'gateway', 'static'],
    'Where the consumer ID comes from. There is no default; static is for single-tenant tools and development.'),
  JWT_ISSUER: Type.Optional(text({
    description: 'The issuer of the tokens that are accepted, exactly as their iss has it.',
    'x-expected': 'an https URL (http to loopback alone) without userinfo, query and fragment',
  }, { format: 'base-url' })),
  JWT_AUDIENCE: Type.Optional(text({
    description: 'The audience that a token must name in its aud.',
    'x-expected': 'at most 255 characters, without white space',
  }, { pattern: '^[\\x21-\\x7e]{1,255}$' })),
  JWT_JWKS_URI: Type.Optional(text({
    description: 'Where the issuer publishes its keys. Without it, where its discovery document says.',
    'x-expected': 'an https URL (http to loopback alone) without userinfo and fragment',
  }, { format: 'secure-url' })),
  JWT_ALGORITHMS: Type.Array(Type.Unsafe<Algorithm>({
    type: 'string',
    enum: algorithms,
    'x-expected': `some of ${algorithms.join(', ')}, comma-separated`,
  }), {
    description: 'The signature algorithms that are accepted, comma-separated. None of them is symmetric.',
    'x-expected': `some of ${algorithms.join(', ')}, comma-separated`,
    minItems: 1,
    default: ['RS256', 'ES256', 'EdDSA'],
  }),
  JWT_CONSUMER_CLAIM: Type.String({
    description: 'The claim that holds the consumer ID, or an array of them; dots lead into objects.',
    'x-expected': 'the name of a claim, of at most 255 characters, that differs from caller to caller',
    pattern: '^(?!(?:iss|aud|exp|nbf|iat|jti)$)\\P{Cc}{1,255}$',
    default: 'sub',
  }),
  JWT_HEADER: Type.Optional(text({
    description: 'Another header that a token may come in: the one that an identity-aware proxy sets.',
    'x-expected': headerName,
  }, { format: 'header-name' })),
  JWT_COOKIE: Type.Optional(text({
    description: 'A cookie that a token may come in, for plain forms.',
    'x-expected': 'the name of a cookie, of at most 64 characters',
  }, { pattern: "^[\\w!#$%&'*+.^`|~-]{1,64}$" })),
  GATEWAY_CONSUMER_HEADER: text({
    description: 'The header in which the gateway names the consumer.',
    'x-expected': headerName,
  }, { format: 'header-name', default: 'x-consumer-id' }),
  GATEWAY_SECRET: Type.Optional(secret({
    description: 'What the gateway proves itself with in x-gateway-secret.',
    'x-expected': 'at least 16 characters of printable ASCII, without white space',
  }, { minLength: 16, pattern: '^[\\x21-\\x7e]+$' })),
  TRUSTED_PROXIES: list({
    description: 'Addresses or CIDRs of the proxies whose headers count, comma-separated.',
    'x-expected': 'IP addresses or CIDRs (no larger than /8, in IPv6 /7), comma-separated',
  }, { format: 'cidr' }),

  ALLOWED_ORIGINS: list({
    description: 'The origins of the frontends, exact, comma-separated. None: same-origin only.',
    'x-expected': 'origins such as https://app.example.com (http to loopback alone), comma-separated',
  }, { format: 'web-origin' }),
  ALLOWED_REDIRECT_URIS: list({
    description: 'Origins or whole URLs that a vault may send users back to, comma-separated. None: no redirect_uri.',
    'x-expected': 'origins or canonical https URLs (http to loopback alone), comma-separated',
  }, { format: 'redirect-uri' }),
  VAULT_HOSTS: list({
    description: 'The hosts that a session_uri may have, comma-separated.',
    'x-expected': 'host names in lower case, with a port where it is not 443, comma-separated',
  }, { format: 'host' }, ['vault.apideck.com']),
  SESSION_POLICY_FILE: Type.Optional(text({
    description: 'A JSON file with defaults and limits for sessions.',
    'x-expected': 'the path of a file',
  })),

  UPSTREAM_TIMEOUT_MS: withDefault(
    integer('Milliseconds that one call to Apideck may take in all.', 100, 120_000), 10_000),
  UPSTREAM_CONNECTIONS: withDefault(integer('Sockets kept open to Apideck.', 1, 1024), 64),
  RATE_LIMIT_MAX: withDefault(
    integer('Sessions that one consumer (with IDENTITY=static one client address) may ask for in a window.', 1, 1_000_000), 30),
  RATE_LIMIT_WINDOW_MS: withDefault(integer('Milliseconds of that window.', 1_000, 86_400_000), 60_000),
  REDIS_URL: Type.Optional(secret({
    description: 'The Redis that replicas share their limits in. Without it, each counts in memory.',
    'x-expected': 'a redis or rediss URL without query and fragment',
  }, { format: 'redis-url' })),
  METRICS_PORT: Type.Optional(integer('The port of the Prometheus metrics, on a listener of its own. Without it there is none.', 0, 65_535)),
  SHUTDOWN_DELAY_MS: withDefault(
    integer('Milliseconds that it goes on serving, but says it is not ready, once told to stop.', 0, 300_000), 0),
  SHUTDOWN_TIMEOUT_MS: withDefault(
    integer('Milliseconds that requests then have to finish.', 100, 300_000), 10_000),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(text({
    description: 'The OpenTelemetry collector that traces go to, without /v1/traces. Without it there are none.',
    'x-expected': 'an http or https URL without userinfo, query and fragment',
  }, { format: 'collector-url' })),
  OTEL_EXPORTER_OTLP_PROTOCOL: choice(['http/protobuf'], 'How they go there.', 'http/protobuf'),
  OTEL_EXPORTER_OTLP_HEADERS: Type.Optional(secret({
    description: 'Headers for the collector, its credentials above all: name=value, comma-separated, values as in a URL.',
    'x-expected': 'name=value pairs, comma-separated, each a header once it is decoded',
  }, { format: 'header-pairs' })),
  OTEL_SERVICE_NAME: text({
    description: 'What traces call this service.',
    'x-expected': 'at most 255 characters, without white space',
  }, { pattern: '^[\\x21-\\x7e]{1,255}$', default: 'vault-session-broker' }),
  OTEL_RESOURCE_ATTRIBUTES: Type.Optional(text({
    description: 'What else traces say of this instance: name=value, comma-separated, values as in a URL.',
    'x-expected': 'name=value pairs, comma-separated, in printable ASCII',
  }, { format: 'pairs' })),
  OTEL_TRACES_SAMPLER: choice(
    ['always_on', 'always_off', 'traceidratio', 'parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'],
    'Which requests are traced.', 'parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: Type.Optional(text({
    description: 'The share of them, for the samplers that have a ratio.',
    'x-expected': 'a number from 0 to 1',
  }, { pattern: '^(?:0(?:\\.\\d{1,9})?|1(?:\\.0{1,9})?)$' })),
})

/** The variables, converted and with their defaults. */
export type Environment = Static<typeof EnvironmentSchema>
