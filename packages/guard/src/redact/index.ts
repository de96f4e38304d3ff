export { isSecretName, redact, redactText, REDACTED } from './redact.ts';
