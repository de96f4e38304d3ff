import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from '../../api/client.ts';
import type { ActionGroupDraft } from '../../api/types.ts';

export const actionGroupsQuery = queryOptions({
  queryKey: ['action-groups'],
  queryFn: async () => bodyOf(await api.GET('/api/action-groups')).groups,
});

const PAGE_DELIVERIES = 50;
const ASK_AGAIN_MS = 15_000;

/** The delivery log, newest first; of one alert where it is given. */
export function deliveriesQuery(alertId?: string) {
  return infiniteQueryOptions({
    queryKey: ['deliveries', alertId ?? 'all'],
    queryFn: async ({ pageParam }) =>
      bodyOf(
        await api.GET('/api/deliveries', {
          params: {
            query: {
              limit: PAGE_DELIVERIES,
              ...(alertId !== undefined && { alert: alertId }),
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

/** Makes a group, or changes the one with this id. */
export function useSaveActionGroup(id: string | undefined) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (draft: ActionGroupDraft) =>
      id === undefined
        ? bodyOf(await api.POST('/api/action-groups', { body: draft }))
        : bodyOf(await api.PUT('/api/action-groups/{id}', { params: { path: { id } }, body: draft })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: actionGroupsQuery.queryKey }),
  });
}

export function useDeleteActionGroup() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) => api.DELETE('/api/action-groups/{id}', { params: { path: { id } } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: actionGroupsQuery.queryKey }),
  });
}

/** Sends a sample alert through a group now, so that a wrong address is found before the first real one. */
export function useTestActionGroup() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) =>
      bodyOf(await api.POST('/api/action-groups/{id}/test', { params: { path: { id } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['deliveries'] }),
  });
}
