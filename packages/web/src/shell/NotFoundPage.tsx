import { AnchorLink } from '../components/links.tsx';
import { EmptyNotice } from '../components/notices.tsx';

export function NotFoundPage() {
  return (
    <EmptyNotice icon="query" title="There is no such page">
      <AnchorLink to="/live">Go to the live events</AnchorLink>
    </EmptyNotice>
  );
}
