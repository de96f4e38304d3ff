/** How the text of a setting becomes a value. A kind's parser throws a `SettingProblem` in words that name what is allowed. */
export class SettingProblem extends Error {
  override readonly name = 'SettingProblem';
}

export interface Kind<T> {
  /** What may be written, for messages and `config check`. */
  readonly expects: string;
  parse(text: string): T;
}

export const text: Kind<string> = { expects: 'text', parse: (value) => value };

export const flag: Kind<boolean> = {
  expects: 'true or false',
  parse(value) {
    if (/^(true|1|yes|on)$/i.test(value)) return true;
    if (/^(false|0|no|off)$/i.test(value)) return false;
    throw new SettingProblem('expected true or false');
  },
};

/** A whole number within bounds; a value outside stops the start, it is never clamped. */
export function integer(min: number, max: number): Kind<number> {
  return {
    expects: `a whole number from ${min} to ${max}`,
    parse(value) {
      const number = Number(value);
      if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < min || number > max)
        throw new SettingProblem(`expected a whole number from ${min} to ${max}`);
      return number;
    },
  };
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** Bytes, with an optional unit: `1048576`, `1m`, `2GiB`. */
export function bytes(min: number, max: number): Kind<number> {
  const expects = `bytes from ${min} to ${max}, e.g. 20MiB`;
  return {
    expects,
    parse(value) {
      const match = /^(\d+)\s*([kmg]?)(i?b)?$/i.exec(value);
      const unit = UNITS[(match?.[2] ?? '').toLowerCase()] ?? 1;
      const number = match === null ? Number.NaN : Number(match[1]) * unit;
      if (!Number.isSafeInteger(number) || number < min || number > max)
        throw new SettingProblem(`expected ${expects}`);
      return number;
    },
  };
}

export const timeZone: Kind<string> = {
  expects: 'an IANA time zone, e.g. Europe/London',
  parse(value) {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone;
    } catch {
      throw new SettingProblem('expected an IANA time zone, e.g. Europe/London');
    }
  },
};

/** Items separated by commas or white space. */
export const list: Kind<readonly string[]> = {
  expects: 'a list separated by commas',
  parse: (value) => value.split(/[\s,]+/).filter((item) => item !== ''),
};

/** An absolute URL with one of the schemes, or nothing. */
export function url(...schemes: readonly string[]): Kind<string> {
  const expects = `a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return {
    expects,
    parse(value) {
      if (value === '') return value;
      if (!URL.canParse(value) || !schemes.includes(new URL(value).protocol.slice(0, -1)))
        throw new SettingProblem(`expected ${expects}`);
      return value;
    },
  };
}

/** "5 per minute", "100/hour", "1000 per day": the spelling of the seeds' rate limiters. */
export interface RateLimit {
  readonly count: number;
  readonly windowMs: number;
}

const WINDOWS: Readonly<Record<string, number>> = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

export const rateLimit: Kind<RateLimit> = {
  expects: 'a rate, e.g. "5 per minute" or "100/hour"',
  parse(value) {
    const match = /^(\d{1,7})\s*(?:per|\/)\s*(second|minute|hour|day)s?$/i.exec(value.trim());
    const windowMs = WINDOWS[(match?.[2] ?? '').toLowerCase()];
    if (match === null || windowMs === undefined)
      throw new SettingProblem('expected a rate, e.g. "5 per minute" or "100/hour"');
    return { count: Number(match[1]), windowMs };
  },
};
