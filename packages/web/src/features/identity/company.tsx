import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import { surroundings } from '../../api/client.ts';
import type { Company, Session } from '../../api/types.ts';
import { readStored, store } from '../../appearance/preferences.tsx';

const COMPANY_KEY = 'gatehouse-company';

interface CompanyChoice {
  readonly session: Session;
  /** The company that pages show; undefined where the user belongs to several and sees all of them. */
  readonly selected: Company | undefined;
  readonly select: (number: number | undefined) => void;
  /** True where the user may do this in what is shown: the chosen company, or any of them. The server decides; this only hides. */
  readonly may: (permission: string) => boolean;
  /** Name of a company by number, for rows of several companies. */
  readonly nameOf: (number: number) => string;
}

const CompanyContext = createContext<CompanyChoice | undefined>(undefined);

/** The stored choice where it is still one of the user's companies; a user of one company has no choice to make. */
export function initialCompany(companies: readonly Company[], stored: string | null): Company | undefined {
  if (companies.length === 1) return companies[0];
  return companies.find((company) => String(company.number) === stored);
}

/** Confines all requests below it to the chosen company, and asks everything again when the choice changes. */
export function CompanyProvider({ session, children }: { readonly session: Session; readonly children: ReactNode }) {
  const queryClient = useQueryClient();
  const [selected, setSelected] = useState(() => {
    const company = initialCompany(session.companies, readStored(COMPANY_KEY));
    surroundings.company = company?.number;
    return company;
  });
  const select = useCallback(
    (number: number | undefined) => {
      const company = session.companies.find((candidate) => candidate.number === number);
      surroundings.company = company?.number;
      store(COMPANY_KEY, company === undefined ? undefined : String(company.number));
      setSelected(company);
      queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
    },
    [queryClient, session],
  );
  const choice = useMemo<CompanyChoice>(
    () => ({
      session,
      selected,
      select,
      may: (permission) =>
        (selected === undefined ? session.companies : [selected]).some(({ permissions }) =>
          permissions.includes(permission),
        ),
      nameOf: (number) => session.companies.find((company) => company.number === number)?.name ?? `Company ${number}`,
    }),
    [session, selected, select],
  );
  return <CompanyContext value={choice}>{children}</CompanyContext>;
}

export function useCompany(): CompanyChoice {
  const choice = use(CompanyContext);
  if (choice === undefined) throw new TypeError('useCompany: no CompanyProvider above');
  return choice;
}
