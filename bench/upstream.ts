import { startApideck } from './apideck.js'

/*
 * The stand-in for Apideck as a process of its own, with its milliseconds as the first argument. It writes its port as it
 * listens.
 */
const { port } = await startApideck(Number(process.argv[2]))
console.log(port)
