import { pino, stdTimeFunctions, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { redact } from '@gatehouse/guard/redact';

/** Names of fields whose values never reach the log, wherever they stand. */
const SECRET_PATHS = ['password', 'secret', 'token', 'authorization', 'cookie', 'apiKey', 'secretKey'].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
);

/** One JSON line an entry, times in UTC; secrets are cut by field name, and by form inside texts. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    redact: { paths: SECRET_PATHS, censor: '[redacted]' },
    hooks: {
      streamWrite: (line: string): string => redact(line),
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
