declare const scopeBrand: unique symbol;

/**
 * The companies a piece of work is confined to, by company number. Only `platform/access` makes one, from a principal that was
 * authenticated or from an internal task that names its company; every store function takes it first.
 */
export interface CompanyScope {
  readonly companies: readonly number[];
  readonly [scopeBrand]: true;
}

/** Confines to the given company numbers; an empty list reads nothing. */
export function confineTo(companies: readonly number[]): CompanyScope {
  for (const number of companies)
    if (!Number.isInteger(number) || number < 1 || number > 0xffff_ffff)
      throw new TypeError(`not a company number: ${number}`);
  return { companies: [...new Set(companies)].sort((a, b) => a - b) } as unknown as CompanyScope;
}
