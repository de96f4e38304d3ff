import { Title } from '@mantine/core';
import { AnchorLink } from '../components/links.tsx';
import { EmptyNotice } from '../components/notices.tsx';

export function NotFoundPage() {
  return (
    <main>
      <Title order={1} className="visually-hidden">
        Not found
      </Title>
      <EmptyNotice icon="query" title="There is no such page">
        <AnchorLink to="/live">Go to the live events</AnchorLink>
      </EmptyNotice>
    </main>
  );
}
