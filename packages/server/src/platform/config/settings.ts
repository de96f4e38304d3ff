import { bytes, flag, integer, list, rateLimit, text, timeZone, url, type Kind } from './kinds.ts';

/** One setting: where it may be written and what it means. */
export interface Setting<T> {
  readonly kind: Kind<T>;
  /** As it would be written in config.ini. */
  readonly default: string;
  readonly about: string;
  /** Environment names besides `GATEHOUSE_<SECTION>_<KEY>`; each also with `_FILE`, which names a file that holds the value. */
  readonly env?: readonly string[];
  /** Shown as `(set)` and never in full. */
  readonly secret?: boolean;
}

function setting<T>(
  kind: Kind<T>,
  fallback: string,
  about: string,
  more: { env?: string[]; secret?: boolean } = {},
): Setting<T> {
  return { kind, default: fallback, about, ...more };
}

/**
 * Every setting there is. The key in config.ini is the property's name in snake_case, below `[section]`; sections and names are
 * those of seed 003 where it has them.
 */
export const SETTINGS = {
  app: {
    secretKey: setting(
      text,
      '',
      'Secret that every other key is derived from; made and kept in the data folder when empty.',
      {
        env: ['SECRET_KEY'],
        secret: true,
      },
    ),
    timeZone: setting(timeZone, 'UTC', 'Zone of a new company; a company may have its own.', { env: ['TIMEZONE'] }),
    debug: setting(flag, 'false', 'More detailed log. Answers never carry internals.', { env: ['APP_DEBUG'] }),
    publicUrl: setting(
      url('http', 'https'),
      '',
      'Address that links in mails lead to; the listening address when empty.',
    ),
    logLevel: setting(text, 'info', 'fatal, error, warn, info, debug or trace.'),
  },
  database: {
    url: setting(text, 'sqlite:///gatehouse.db', 'Control store; a relative SQLite path is inside the data folder.', {
      env: ['DATABASE_URL'],
      secret: true,
    }),
  },
  store: {
    url: setting(
      url('http', 'https'),
      '',
      'A ClickHouse server for the events, e.g. https://clickhouse:8443; embedded when empty.',
    ),
    user: setting(text, 'default', 'User at the ClickHouse server.'),
    password: setting(text, '', 'Password at the ClickHouse server.', { secret: true }),
    database: setting(text, 'gatehouse', 'Database that holds the log tables.'),
    memory: setting(bytes(512 * 2 ** 20, 2 ** 50), '2GiB', 'Upper bound of the embedded engine’s memory.'),
  },
  server: {
    host: setting(text, '127.0.0.1', 'Address to listen on.', { env: ['HOST'] }),
    port: setting(integer(0, 65_535), '8080', 'Port to listen on; 0 takes a free one.', { env: ['PORT'] }),
    metricsToken: setting(
      text,
      '',
      'Bearer token with which Prometheus reads /metrics; a GlobalAdmin’s session reads it too.',
      {
        secret: true,
      },
    ),
    sslCertfile: setting(text, '', 'Certificate chain, PEM.', { env: ['SSL_CERTFILE'] }),
    sslKeyfile: setting(text, '', 'Private key of the certificate, PEM.', { env: ['SSL_KEYFILE'] }),
  },
  session: {
    idleMinutes: setting(integer(1, 1440), '60', 'Minutes without a request after which a session ends.'),
    absoluteHours: setting(integer(1, 720), '12', 'Hours after which a session ends in any case.'),
    cookieSecure: setting(
      text,
      'auto',
      'true, false or auto (true behind TLS). false is refused on a public address.',
      {
        env: ['SESSION_COOKIE_SECURE'],
      },
    ),
  },
  security: {
    hstsSeconds: setting(integer(0, 63_072_000), '31536000', 'Strict-Transport-Security over TLS; 0 switches it off.'),
  },
  cache: {
    staticSeconds: setting(integer(0, 31_536_000), '31536000', 'How long a browser keeps the console’s hashed files.'),
  },
  proxy: {
    trusted: setting(list, '', 'Addresses or ranges of reverse proxies whose X-Forwarded-* headers are believed.'),
  },
  rateLimiting: {
    login: setting(rateLimit, '5 per minute', 'Sign-in attempts of one address.'),
    api: setting(
      rateLimit,
      '600 per minute',
      'Console and query requests of one session or key; ingest has no such limit.',
    ),
  },
  mail: {
    smtpUrl: setting(
      url('smtp', 'smtps'),
      '',
      'SMTP server, e.g. smtp://user:password@mail.example.org:587; no mail when empty.',
      {
        secret: true,
      },
    ),
    from: setting(text, 'Gatehouse <gatehouse@localhost>', 'Sender of mails.'),
  },
  ingest: {
    bodyLimit: setting(bytes(1024, 2 ** 30), '20MiB', 'Largest body of an ingest request, also after decompression.'),
    queueLimit: setting(
      bytes(2 ** 20, 2 ** 34),
      '128MiB',
      'Bytes that may wait for the store; past it requests are answered 429.',
    ),
    groupCommitMs: setting(integer(1, 1000), '25', 'Milliseconds for which requests are gathered into one insert.'),
  },
  query: {
    maxSeconds: setting(integer(1, 3600), '60', 'Seconds a query may run.'),
    maxMemory: setting(bytes(2 ** 20, 2 ** 40), '1GiB', 'Memory a query may take.'),
    maxRows: setting(integer(1, 1_000_000), '30000', 'Rows an answer may have.'),
    maxLength: setting(integer(100, 1_000_000), '100000', 'Characters a query may have.'),
  },
  externalData: {
    addresses: setting(
      list,
      '',
      'Beginnings of the web addresses that externaldata in a query may read, e.g. https://example.org/lists/; none when empty.',
    ),
    folder: setting(text, '', 'Folder whose files externaldata in a query may read by name; none when empty.'),
    maxSize: setting(bytes(1024, 2 ** 28), '16MiB', 'Largest file of external data, also after decompression.'),
    timeoutSeconds: setting(integer(1, 300), '20', 'Seconds that fetching external data may take.'),
    keepMinutes: setting(integer(0, 1440), '10', 'Minutes for which what was fetched is used again.'),
  },
  geo: {
    database: setting(
      text,
      '',
      'CSV file with the places of networks (network,country,state,city,latitude,longitude) for geo_info_from_ip_address; none when empty.',
    ),
  },
  detection: {
    rulesFolder: setting(text, '', 'Folder of the rules; the shipped ones when empty.'),
    tickSeconds: setting(integer(1, 300), '5', 'Seconds between two looks of the scheduler.'),
    settleSeconds: setting(integer(0, 3600), '5', 'Seconds that a run waits after its time for events under way.'),
    maxLookbackHours: setting(integer(1, 24 * 90), '168', 'How far back missed runs and late events are made up for.'),
  },
  response: {
    privateTargets: setting(list, '', 'Hosts, addresses or ranges on private networks that webhooks may reach.'),
  },
  setup: {
    adminEmail: setting(text, '', 'Unattended set-up: e-mail of the first administrator.'),
    adminPassword: setting(text, '', 'Unattended set-up: password of the first administrator.', { secret: true }),
    apiKey: setting(text, '', 'Unattended set-up: first key of the first company, at least 24 characters.', {
      secret: true,
    }),
    company: setting(text, 'My company', 'Unattended set-up: name of the first company.'),
  },
} as const satisfies Record<string, Record<string, Setting<unknown>>>;

type Settings = typeof SETTINGS;

/** The values, by section and name. */
export type Values = {
  readonly [S in keyof Settings]: {
    readonly [K in keyof Settings[S]]: Settings[S][K] extends Setting<infer T> ? T : never;
  };
};

/** Every setting as a row, in the order of the table. */
export const SETTING_ROWS: readonly {
  readonly section: string;
  readonly key: string;
  readonly setting: Setting<unknown>;
}[] = Object.entries<Readonly<Record<string, Setting<unknown>>>>(SETTINGS).flatMap(([section, settings]) =>
  Object.entries(settings).map(([key, one]) => ({ section, key, setting: one })),
);

/** `sslCertfile` -> `ssl_certfile`, as config.ini writes it. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The environment names of a setting, the most specific first. */
export function environmentNames(section: string, key: string, one: Setting<unknown>): readonly string[] {
  return [`GATEHOUSE_${snakeCase(section)}_${snakeCase(key)}`.toUpperCase(), ...(one.env ?? [])];
}
