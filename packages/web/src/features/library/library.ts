import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from '../../api/client.ts';
import type { FunctionDraft, WatchlistDraft } from '../../api/types.ts';

export const functionsQuery = queryOptions({
  queryKey: ['functions'],
  queryFn: async () => bodyOf(await api.GET('/api/functions')).functions,
});

export function functionVersionsQuery(id: string) {
  return queryOptions({
    queryKey: ['functions', id, 'versions'],
    queryFn: async () => bodyOf(await api.GET('/api/functions/{id}/versions', { params: { path: { id } } })).versions,
  });
}

/** What is wrong with a function, before it is kept. */
export function functionCheckQuery(text: {
  readonly name: string;
  readonly parameters: string;
  readonly body: string;
  readonly global?: boolean;
}) {
  return queryOptions({
    queryKey: ['functions', 'check', text],
    queryFn: async () => bodyOf(await api.POST('/api/functions/check', { body: text })),
  });
}

export const watchlistsQuery = queryOptions({
  queryKey: ['watchlists'],
  queryFn: async () => bodyOf(await api.GET('/api/watchlists')).watchlists,
});

export function watchlistVersionsQuery(id: string) {
  return queryOptions({
    queryKey: ['watchlists', id, 'versions'],
    queryFn: async () => bodyOf(await api.GET('/api/watchlists/{id}/versions', { params: { path: { id } } })).versions,
  });
}

const SHOWN_ITEMS = 100;

export function watchlistItemsQuery(id: string, search: string) {
  return queryOptions({
    queryKey: ['watchlists', id, 'items', search],
    queryFn: async () =>
      bodyOf(
        await api.GET('/api/watchlists/{id}/items', {
          params: { path: { id }, query: { limit: SHOWN_ITEMS, ...(search !== '' && { search }) } },
        }),
      ),
  });
}

export function watchlistPreviewQuery(csv: string, searchKey: string | undefined) {
  return queryOptions({
    queryKey: ['watchlists', 'preview', csv, searchKey],
    queryFn: async () =>
      bodyOf(
        await api.POST('/api/watchlists/preview', { body: { csv, ...(searchKey !== undefined && { searchKey }) } }),
      ),
    gcTime: 0,
  });
}

/** A change after which lists and functions are asked for again. */
function useChange<Given, Made>(kind: 'functions' | 'watchlists', change: (given: Given) => Promise<Made>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => queryClient.invalidateQueries({ queryKey: [kind] }),
  });
}

/** Makes a function, or the next version of the one that was seen. */
export function useSaveFunction(seen: { readonly id: string; readonly version: number } | undefined) {
  return useChange('functions', async ({ name, global: isGlobal, ...texts }: FunctionDraft) =>
    seen === undefined
      ? bodyOf(
          await api.POST('/api/functions', {
            body: { name, ...texts, ...(isGlobal !== undefined && { global: isGlobal }) },
          }),
        )
      : bodyOf(
          await api.PUT('/api/functions/{id}', {
            params: { path: { id: seen.id } },
            body: { ...texts, version: seen.version },
          }),
        ),
  );
}

export function useRestoreFunction(id: string) {
  return useChange('functions', async (version: number) =>
    bodyOf(await api.POST('/api/functions/{id}/restore', { params: { path: { id } }, body: { version } })),
  );
}

export function useDeleteFunction() {
  return useChange('functions', async (id: string) =>
    bodyOf(await api.DELETE('/api/functions/{id}', { params: { path: { id } } })),
  );
}

export function useMakeWatchlist() {
  return useChange('watchlists', async (draft: WatchlistDraft) =>
    bodyOf(await api.POST('/api/watchlists', { body: draft })),
  );
}

export function useChangeWatchlist(id: string) {
  return useChange(
    'watchlists',
    async (body: { displayName: string; description: string; owner: string; expiresAt: number | null }) =>
      bodyOf(await api.PUT('/api/watchlists/{id}', { params: { path: { id } }, body })),
  );
}

export function useUploadWatchlist(id: string) {
  return useChange('watchlists', async (body: { csv: string; mode: 'replace' | 'merge'; version: number }) =>
    bodyOf(await api.PUT('/api/watchlists/{id}/csv', { params: { path: { id } }, body })),
  );
}

export function useRestoreWatchlist(id: string) {
  return useChange('watchlists', async (version: number) =>
    bodyOf(await api.POST('/api/watchlists/{id}/restore', { params: { path: { id } }, body: { version } })),
  );
}

export function useDeleteWatchlist() {
  return useChange('watchlists', async (id: string) =>
    bodyOf(await api.DELETE('/api/watchlists/{id}', { params: { path: { id } } })),
  );
}
