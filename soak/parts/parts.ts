import type { Breaches } from '../breaches.js'
import type { Ledger } from '../ledger.js'
import type { Callers } from '../load/callers.js'
import type { Load } from '../load/load.js'
import type { Apideck } from './apideck.js'
import type { Replica } from './broker.js'
import type { Issuer } from './issuer.js'
import type { KeyFile } from './key-file.js'
import type { Redis } from './redis.js'

/** All that a fault can get hold of. */
export interface Parts {
  apideck: Apideck
  issuer: Issuer
  redis: Redis
  keyFile: KeyFile
  callers: Callers
  /** The replica that runs from start to end, and the one that is restarted. */
  steady: Replica
  restarted: Replica
  load: Load
  ledger: Ledger
  breaches: Breaches
}
