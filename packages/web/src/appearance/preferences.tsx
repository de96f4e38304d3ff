import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import { isZoneChoice, usableZone, type ZoneChoice } from './time.ts';

const ZONE_KEY = 'gatehouse-zone';

function readStored(key: string): string | null {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null; // storage is switched off: the default holds
  }
}

/** Keeps a small choice in this browser; where storage is switched off it lasts as long as the page. */
export function store(key: string, value: string | undefined): void {
  try {
    if (value === undefined) window.localStorage.removeItem(key);
    else window.localStorage.setItem(key, value);
  } catch {
    // the choice lasts as long as the page
  }
}

export { readStored };

interface ZonePreference {
  readonly choice: ZoneChoice;
  /** IANA name of the zone that times are shown in. */
  readonly zone: string;
  readonly choose: (choice: ZoneChoice) => void;
}

const ZoneContext = createContext<ZonePreference>({ choice: 'utc', zone: 'UTC', choose: () => undefined });

/** Gives every time below it one zone: the browser's, the company's or UTC. */
export function ZoneProvider({
  companyZone,
  children,
}: {
  readonly companyZone: string | undefined;
  readonly children: ReactNode;
}) {
  const [choice, setChoice] = useState<ZoneChoice>(() => {
    const stored = readStored(ZONE_KEY);
    return isZoneChoice(stored) ? stored : 'browser';
  });
  const choose = useCallback((next: ZoneChoice) => {
    setChoice(next);
    store(ZONE_KEY, next);
  }, []);
  const zones: Record<ZoneChoice, string> = {
    browser: usableZone(Intl.DateTimeFormat().resolvedOptions().timeZone),
    company: usableZone(companyZone),
    utc: 'UTC',
  };
  const zone = zones[choice];
  const preference = useMemo(() => ({ choice, zone, choose }), [choice, zone, choose]);
  return <ZoneContext value={preference}>{children}</ZoneContext>;
}

export function useZone(): ZonePreference {
  return use(ZoneContext);
}
