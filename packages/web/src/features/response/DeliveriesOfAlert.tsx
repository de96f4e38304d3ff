import { useInfiniteQuery } from '@tanstack/react-query';
import { EmptyNotice, ErrorNotice, ListLoading } from '../../components/notices.tsx';
import { DeliveryTable } from './DeliveryTable.tsx';
import { deliveriesQuery } from './response.ts';

/** Who was told of one alert. */
export function DeliveriesOfAlert({ alertId }: { readonly alertId: string }) {
  const deliveries = useInfiniteQuery(deliveriesQuery(alertId));
  if (deliveries.isError) return <ErrorNotice error={deliveries.error} onRetry={() => void deliveries.refetch()} />;
  const list = deliveries.data?.pages.flatMap((page) => page.deliveries) ?? [];
  return (
    <div className="panel">
      {deliveries.isPending && <ListLoading rows={2} />}
      {deliveries.isSuccess && list.length === 0 && (
        <EmptyNotice icon="send" title="Nobody was told">
          The company has no action group that takes alerts of this severity, or they are not sent yet.
        </EmptyNotice>
      )}
      {list.length > 0 && <DeliveryTable deliveries={list} withAlert={false} />}
    </div>
  );
}
