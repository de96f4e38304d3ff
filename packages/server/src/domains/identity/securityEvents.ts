import type { VocabularyName } from '@gatehouse/schema';

/** One event of the OWASP logging vocabulary about our own house. Never holds a secret. */
export interface SecurityEvent {
  readonly name: VocabularyName;
  /** The vocabulary's arguments, in its order. */
  readonly arguments: readonly string[];
  readonly atMs: number;
  readonly address: string;
  readonly description: string;
}

/** Told of every security event; must not throw and is not waited for. */
export type OnSecurityEvent = (event: SecurityEvent) => void;
