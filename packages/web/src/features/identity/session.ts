import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from '../../api/client.ts';
import { toApiError } from '../../api/errors.ts';
import type { Session } from '../../api/types.ts';

/** Who is signed in, or null. Asked once, then kept until signed out. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> => {
    try {
      return bodyOf(await api.GET('/api/session'));
    } catch (thrown) {
      if (toApiError(thrown).status === 401) return null;
      throw thrown;
    }
  },
  staleTime: Infinity,
});

/** Whether the first administrator is still to be made. */
export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: async () => bodyOf(await api.GET('/api/setup')),
  staleTime: 0,
});

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Signs in and learns who that is. */
export function useSignIn() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (credentials: Credentials) => {
      await api.POST('/api/session', { body: credentials });
      return queryClient.query({ ...sessionQuery, staleTime: 0 });
    },
  });
}

/** Ends the session on the server and forgets here everything that was read in it. */
export function useSignOut() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      await api.DELETE('/api/session');
    },
    onSuccess: () => {
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, null);
    },
  });
}
