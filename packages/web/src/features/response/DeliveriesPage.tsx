import { useInfiniteQuery } from '@tanstack/react-query';
import { EmptyNotice, ErrorNotice, ListLoading } from '../../components/notices.tsx';
import { MorePages } from '../../components/MorePages.tsx';
import { Page } from '../../components/Page.tsx';
import { DeliveryTable } from './DeliveryTable.tsx';
import { deliveriesQuery } from './response.ts';

/** What went out, and what did not. */
export function DeliveriesPage() {
  const deliveries = useInfiniteQuery(deliveriesQuery());
  const list = deliveries.data?.pages.flatMap((page) => page.deliveries) ?? [];
  return (
    <Page title="Deliveries" description="Every mail and webhook call, and why one did not arrive.">
      {deliveries.isError ? (
        <ErrorNotice error={deliveries.error} onRetry={() => void deliveries.refetch()} />
      ) : (
        <div className="panel">
          {deliveries.isPending && <ListLoading />}
          {deliveries.isSuccess && list.length === 0 && (
            <EmptyNotice icon="send" title="Nothing was sent yet">
              When a rule finds something, the company's action groups are told, and each telling stands here.
            </EmptyNotice>
          )}
          {list.length > 0 && <DeliveryTable deliveries={list} withAlert />}
          <MorePages
            hasMore={deliveries.hasNextPage}
            isLoading={deliveries.isFetchingNextPage}
            onMore={() => void deliveries.fetchNextPage()}
          />
        </div>
      )}
    </Page>
  );
}
