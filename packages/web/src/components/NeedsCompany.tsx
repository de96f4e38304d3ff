import { useCompany } from '../features/identity/company.tsx';
import { EmptyNotice } from './notices.tsx';

/** What a page that belongs to one company shows while the user looks at several. */
export function NeedsCompany({ what }: { readonly what: string }) {
  const { session } = useCompany();
  return (
    <div className="panel">
      <EmptyNotice icon="company" title="Choose a company">
        {what} belong to one company; you see {session.companies.length}. Choose one at the top of the page.
      </EmptyNotice>
    </div>
  );
}
