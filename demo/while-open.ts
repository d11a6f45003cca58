/** A program and its arguments. */
export type Command = [program: string, ...args: string[]]

/** Waits beside the program, which takes the shell's place and so its process ID, and ends it with the standard input. */
const SCRIPT = 'exec 3<&0; (cat <&3; kill $$) >/dev/null 2>&1 & exec "$@" 3<&- </dev/null'

/**
 * The command, told to end once its standard input does: as whoever holds the other end is gone, however that went. On
 * Windows, which has no shell for it, as it is.
 */
export function whileOpen (command: Command, platform: NodeJS.Platform = process.platform): Command {
  return platform === 'win32' ? command : ['/bin/sh', '-c', SCRIPT, 'sh', ...command]
}
