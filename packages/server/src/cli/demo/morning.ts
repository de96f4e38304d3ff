/** Who receives an event of the demonstration. */
export type DemoCompany = 'alder' | 'birch';

export interface DemoEvent {
  /** Minutes before the end of the morning. */
  readonly minutesBefore: number;
  readonly company: DemoCompany;
  readonly path: '/api/log_event' | '/api/logs/AppServiceConsoleLogs';
  /** The body for the moment it happened. */
  body(at: Date): Readonly<Record<string, unknown>>;
}

export const DEMO_COMPANIES: Readonly<
  Record<DemoCompany, { readonly name: string; readonly mail: string; readonly people: readonly string[] }>
> = {
  alder: {
    name: 'Alder Bakery',
    mail: 'it@alder.example',
    people: ['anna.berg', 'ben.cole', 'carla.diaz', 'david.eng', 'ella.frost'],
  },
  birch: {
    name: 'Birch Clinic',
    mail: 'security@birch.example',
    people: ['farid.gold', 'gina.holm', 'hugo.ives', 'iris.jung'],
  },
};

const MORNING_MINUTES = 240;

function logEvent(
  company: DemoCompany,
  minutesBefore: number,
  EventType: string,
  UserName: string,
  ComputerName: string,
  IPAddress: string,
): DemoEvent {
  return {
    minutesBefore,
    company,
    path: '/api/log_event',
    body: (at) => ({ EventType, UserName, ComputerName, IPAddress, Timestamp: at.toISOString(), retry: 0 }),
  };
}

function consoleLine(company: DemoCompany, minutesBefore: number, line: (at: Date) => string): DemoEvent {
  return {
    minutesBefore,
    company,
    path: '/api/logs/AppServiceConsoleLogs',
    body: (at) => ({
      TimeGenerated: at.toISOString(),
      Host: 'shop-web-1',
      Level: 'Informational',
      ResultDescription: line(at),
    }),
  };
}

/** People come, lock their screens for a coffee, and go: the background that an attack hides in. */
function ordinaryDay(company: DemoCompany): DemoEvent[] {
  return DEMO_COMPANIES[company].people.flatMap((person, index) => {
    const host = `${company.toUpperCase()}-PC-${String(index + 1).padStart(2, '0')}`;
    const address = `192.168.${company === 'alder' ? 10 : 20}.${20 + index}`;
    const arrives = MORNING_MINUTES - 5 - index * 7;
    return [
      logEvent(company, arrives, 'Sign-In', person, host, address),
      logEvent(company, arrives - 70, 'Lock', person, host, address),
      logEvent(company, arrives - 82, 'Unlock', person, host, address),
      ...(index === 1 ? [logEvent(company, arrives - 1, 'Sign-In-Failed', person, host, address)] : []),
      logEvent(company, 4 + index, 'Sign-Out', person, host, address),
    ];
  });
}

/** One account, one foreign address, many passwords; then the right one: a sign-in from nowhere. */
function guessing(): DemoEvent[] {
  const failures = Array.from({ length: 14 }, (_, index) =>
    logEvent('alder', 95 - index * 0.6, 'Sign-In-Failed', 'carla.diaz', 'ALDER-VPN', '203.0.113.66'),
  );
  return [...failures, logEvent('alder', 86, 'Sign-In', 'carla.diaz', 'ALDER-VPN', '203.0.113.66')];
}

/** One address, one password, every account it knows. */
function spraying(): DemoEvent[] {
  const names = [
    ...DEMO_COMPANIES.birch.people,
    'admin',
    'reception',
    'backup',
    'svc.print',
    'j.keller',
    'k.lang',
    'l.moser',
    'm.nagy',
    'n.otto',
    'p.quist',
  ];
  return names.map((name, index) =>
    logEvent('birch', 60 - index * 0.4, 'Sign-In-Failed', name, 'BIRCH-RDP', '198.51.100.23'),
  );
}

/** Thirteen calls of a protected page within a minute, as a web application logs them. */
function burst(): DemoEvent[] {
  return Array.from({ length: 13 }, (_, index) =>
    consoleLine(
      'alder',
      30 - index * 0.05,
      (at) =>
        `protected route access - user_id: auth0|5f7c8ec7, email: eve@alder.example, timestamp: ${at.toISOString()}`,
    ),
  );
}

/** A working morning of two companies with an attack inside, oldest first. */
export function morning(): readonly DemoEvent[] {
  const shop = Array.from({ length: 8 }, (_, index) =>
    consoleLine(
      'alder',
      200 - index * 22,
      (at) => `protected route access - user_id: auth0|60aa, email: anna@alder.example, timestamp: ${at.toISOString()}`,
    ),
  );
  return [...ordinaryDay('alder'), ...ordinaryDay('birch'), ...guessing(), ...spraying(), ...burst(), ...shop].sort(
    (a, b) => b.minutesBefore - a.minutesBefore,
  );
}
