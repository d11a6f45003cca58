/** Redis, with nothing kept. */
import { type Program, startProgram } from './program.js'

export function startRedis (port: number): Promise<Program> {
  return startProgram('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], port)
}
