import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from '../../api/client.ts';

export const ALERT_STATUSES = ['new', 'acknowledged', 'closed'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];
export const SEVERITIES = ['High', 'Medium', 'Low', 'Informational'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How each status is shown. */
export const STATUS_LOOK: Record<AlertStatus, { readonly label: string; readonly tone: 'bad' | 'busy' | 'good' }> = {
  new: { label: 'New', tone: 'bad' },
  acknowledged: { label: 'Acknowledged', tone: 'busy' },
  closed: { label: 'Closed', tone: 'good' },
};

const PAGE_ALERTS = 50;
/** Open lists ask again this often: an alert matters more than the requests. */
const ASK_AGAIN_MS = 15_000;

export function isStatus(value: unknown): value is AlertStatus {
  return (ALERT_STATUSES as readonly unknown[]).includes(value);
}
export function isSeverity(value: unknown): value is Severity {
  return (SEVERITIES as readonly unknown[]).includes(value);
}

export interface AlertFilter {
  readonly status: AlertStatus | undefined;
  readonly severity: Severity | undefined;
}

/** Alerts, newest first, a page at a time. */
export function alertsQuery({ status, severity }: AlertFilter) {
  return infiniteQueryOptions({
    queryKey: ['alerts', { status, severity }],
    queryFn: async ({ pageParam }) =>
      bodyOf(
        await api.GET('/api/alerts', {
          params: {
            query: {
              limit: PAGE_ALERTS,
              ...(status !== undefined && { status }),
              ...(severity !== undefined && { severity }),
              ...(pageParam !== undefined && { cursor: pageParam }),
            },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: ASK_AGAIN_MS,
  });
}

export function alertQuery(id: string) {
  return queryOptions({
    queryKey: ['alert', id],
    queryFn: async () => bodyOf(await api.GET('/api/alerts/{id}', { params: { path: { id } } })),
  });
}

/** Acknowledges, closes or reopens an alert. */
export function useSetAlertStatus(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (status: AlertStatus) =>
      bodyOf(await api.PATCH('/api/alerts/{id}', { params: { path: { id } }, body: { status } })),
    onSettled: async () => {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: ['alert', id] }),
        queryClient.invalidateQueries({ queryKey: ['alerts'] }),
      ]);
    },
  });
}
