import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkConfig, ConfigError, readConfig, weaknessOfSecret } from './index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const GOOD_SECRET = 'b1946ac92492d2347c6235b4d2611184f00d';

function read(env: Record<string, string> = {}, ini?: string) {
  if (ini !== undefined) writeFileSync(path.join(folder, 'config.ini'), ini);
  return readConfig({ env, cwd: folder });
}
function sourceOf(config: ReturnType<typeof read>, section: string, key: string): string | undefined {
  return config.origins.find((origin) => origin.section === section && origin.key === key)?.source;
}
/** The details of the refusal that `run` must end in. */
function refusal(run: () => unknown): Record<string, string> {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError)
      return Object.fromEntries(error.details.map((detail) => [detail.field, detail.reason]));
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('where a value comes from', () => {
  test('defaults need nothing and are safe', () => {
    const config = read();
    checkConfig(config);
    expect(config.server).toMatchObject({ host: '127.0.0.1', port: 8080 });
    expect(config.dataFolder).toBe(path.join(folder, 'data'));
  });

  test('the environment wins over config.ini, which wins over the default', () => {
    const config = read(
      { PORT: '9001', DATABASE_URL: 'sqlite:///database.db' },
      '[server]\nport = 9000\nhost = ::1\n[app]\ntimezone = Europe/London\n',
    );
    expect(config.server).toMatchObject({ port: 9001, host: '::1' });
    expect(config.app.timeZone).toBe('Europe/London');
    expect(config.database.url).toBe('sqlite:///database.db');
    expect(sourceOf(config, 'server', 'port')).toBe('environment PORT');
    expect(sourceOf(config, 'server', 'host')).toBe('config.ini');
    expect(sourceOf(config, 'query', 'maxRows')).toBe('default');
  });

  test('a secret may stand in a file', () => {
    writeFileSync(path.join(folder, 'secret'), `${GOOD_SECRET}\n`);
    const config = read({ SECRET_KEY_FILE: 'secret' });
    expect(config.app.secretKey).toBe(GOOD_SECRET);
    expect(sourceOf(config, 'app', 'secretKey')).toBe('file secret (SECRET_KEY_FILE)');
  });

  test('a missing secret file is refused by name', () => {
    expect(refusal(() => read({ SECRET_KEY_FILE: 'nowhere' }))).toHaveProperty('SECRET_KEY_FILE');
  });
});

describe('what nothing reads', () => {
  test('is said, with the nearest name', () => {
    const config = read(
      { GATEHOUSE_SERVER_PROT: '1' },
      '[server]\nprot = 9000\n[rate_limiting]\nlogin = 5 per minute\n',
    );
    expect(config.warnings).toEqual([
      'config.ini: nothing reads "server.prot"; did you mean "server.port"?',
      'environment: nothing reads GATEHOUSE_SERVER_PROT; did you mean "GATEHOUSE_SERVER_PORT"?',
    ]);
  });
});

describe('what stops the start', () => {
  test('every wrong value is named at once', () => {
    const wrong = refusal(() => read({ PORT: '70000', APP_DEBUG: 'perhaps', TIMEZONE: 'Mars/Olympus' }));
    expect(Object.keys(wrong).sort()).toEqual(['app.debug', 'app.time_zone', 'server.port']);
    expect(wrong['server.port']).toContain('from 0 to 65535');
  });

  test.each(['your-secret-key-here', 'changeme', 'a'.repeat(64), 'short', 'abcabcabcabcabcabcabcabcabcabcabcabc'])(
    'the secret %s',
    (secret) => {
      expect(weaknessOfSecret(secret)).toBeDefined();
      expect(refusal(() => checkConfig(read({ SECRET_KEY: secret })))).toHaveProperty(['app.secret_key']);
    },
  );

  test('a good secret passes', () => expect(weaknessOfSecret(GOOD_SECRET)).toBeUndefined());

  test.each(['0.0.0.0', '::', '192.168.1.5', 'monitor.example.org'])('an open address without TLS: %s', (host) => {
    expect(refusal(() => checkConfig(read({ HOST: host })))).toHaveProperty(['server.host']);
  });

  test('an open address behind a named proxy passes', () => {
    checkConfig(read({ HOST: '0.0.0.0', GATEHOUSE_PROXY_TRUSTED: '10.0.0.0/8, 127.0.0.1' }));
  });

  test('a proxy that is no address', () => {
    expect(refusal(() => checkConfig(read({ GATEHOUSE_PROXY_TRUSTED: '10.0.0.0/99' })))).toHaveProperty([
      'proxy.trusted',
    ]);
  });

  test('a certificate that is not there', () => {
    expect(refusal(() => checkConfig(read({ SSL_CERTFILE: 'a.pem', SSL_KEYFILE: 'b.pem' })))).toHaveProperty([
      'server.ssl_certfile',
    ]);
  });
});
