import { existsSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import type { ErrorDetail } from '../errors.ts';
import { ConfigError, type Config } from './load.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Words that examples and tutorials put where a secret belongs. */
const EXAMPLE = /^(.)\1*$|change.?me|your[-_ ]|example|secret.?key|password|adminsuper|default|insecure|12345678/i;

/** True when nobody outside this machine can reach a server that listens there. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const family = isIP(host);
  return family !== 0 && LOOPBACK.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/** Why a secret is no secret, or undefined. Needs 32 characters with at least 10 different ones. */
export function weaknessOfSecret(secret: string): string | undefined {
  if (EXAMPLE.test(secret)) return 'is an example value; make one with: openssl rand -hex 32';
  if (secret.length < 32) return 'is shorter than 32 characters; make one with: openssl rand -hex 32';
  if (new Set(secret).size < 10) return 'repeats itself; make one with: openssl rand -hex 32';
  return undefined;
}

/**
 * Refuses what would start but not be safe.
 * @throws ConfigError naming each setting and the way out.
 */
export function checkConfig(config: Config): void {
  const problems: ErrorDetail[] = [];
  const weak = config.app.secretKey === '' ? undefined : weaknessOfSecret(config.app.secretKey);
  if (weak !== undefined) problems.push({ field: 'app.secret_key', reason: `the secret ${weak}` });
  const { host, sslCertfile, sslKeyfile } = config.server;
  if ((sslCertfile === '') !== (sslKeyfile === ''))
    problems.push({ field: 'server.ssl_keyfile', reason: 'certificate and key are needed together' });
  for (const [field, file] of [
    ['server.ssl_certfile', sslCertfile],
    ['server.ssl_keyfile', sslKeyfile],
  ] as const)
    if (file !== '' && !existsSync(file)) problems.push({ field, reason: `there is no file ${file}` });
  const exposed = !isLoopback(host);
  if (exposed && sslCertfile === '' && config.proxy.trusted.length === 0)
    problems.push({
      field: 'server.host',
      reason: `${host} can be reached from outside: set ssl_certfile and ssl_keyfile (or start with --dev-cert), or name the reverse proxy that does TLS in [proxy] trusted`,
    });
  if (!['true', 'false', 'auto'].includes(config.session.cookieSecure))
    problems.push({ field: 'session.cookie_secure', reason: 'expected true, false or auto' });
  else if (exposed && config.session.cookieSecure === 'false')
    problems.push({ field: 'session.cookie_secure', reason: 'cookies without Secure are refused on a public address' });
  for (const range of config.proxy.trusted)
    if (!isAddressOrRange(range))
      problems.push({ field: 'proxy.trusted', reason: `"${range}" is no address and no range (e.g. 10.0.0.0/8)` });
  if (!['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].includes(config.app.logLevel))
    problems.push({ field: 'app.log_level', reason: 'expected fatal, error, warn, info, debug or trace' });
  const weakToken = config.server.metricsToken === '' ? undefined : weaknessOfSecret(config.server.metricsToken);
  if (weakToken !== undefined) problems.push({ field: 'server.metrics_token', reason: `the token ${weakToken}` });
  for (const address of config.externalData.addresses) {
    const url = URL.parse(address);
    if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '')
      problems.push({
        field: 'external_data.addresses',
        reason: `"${address}" is no beginning of a web address, e.g. https://example.org/lists/`,
      });
  }
  if (config.externalData.folder !== '' && !existsSync(config.externalData.folder))
    problems.push({ field: 'external_data.folder', reason: `there is no folder ${config.externalData.folder}` });
  const { adminEmail, adminPassword, apiKey } = config.setup;
  if ((adminEmail === '') !== (adminPassword === ''))
    problems.push({ field: 'setup.admin_password', reason: 'admin_email and admin_password are needed together' });
  if (apiKey !== '' && adminEmail === '')
    problems.push({ field: 'setup.api_key', reason: 'an unattended key needs admin_email and admin_password too' });
  if (apiKey !== '' && (apiKey.length < 24 || /your[-_ ]|example|change.?me/i.test(apiKey)))
    problems.push({ field: 'setup.api_key', reason: 'needs at least 24 random characters' });
  if (problems.length > 0) throw new ConfigError(problems);
}

function isAddressOrRange(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
}
