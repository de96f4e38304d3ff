import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from '../../api/client.ts';
import type { ApiKey } from '../../api/types.ts';

/** What a key may be made for, in the words of the form. */
export const KEY_SCOPES = [
  { value: 'ingest', label: 'Send events', description: 'For agents, log shippers and applications.' },
  { value: 'read', label: 'Read', description: 'Events, queries, alerts.' },
  { value: 'admin', label: 'Administer', description: 'Everything in this company, keys too.' },
] as const;
export type KeyScope = (typeof KEY_SCOPES)[number]['value'];

export const EXPIRIES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'One year' },
  { value: '', label: 'Never' },
] as const;

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: async () => bodyOf(await api.GET('/api/keys')).keys,
});

export interface NewKey {
  readonly name: string;
  readonly scopes: KeyScope[];
  readonly expiresInDays: number | undefined;
}

export function useCreateKey() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ name, scopes, expiresInDays }: NewKey) =>
      bodyOf(
        await api.POST('/api/keys', { body: { name, scopes, ...(expiresInDays !== undefined && { expiresInDays }) } }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keysQuery.queryKey }),
  });
}

export function useRevokeKey() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) => api.DELETE('/api/keys/{id}', { params: { path: { id } } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keysQuery.queryKey }),
  });
}

/** In which of its states a key is at a moment. */
export function stateOfKey(
  key: Pick<ApiKey, 'revokedAt' | 'expiresAt'>,
  nowMs: number,
): 'Active' | 'Expired' | 'Revoked' {
  if (key.revokedAt !== null) return 'Revoked';
  return key.expiresAt !== null && key.expiresAt <= nowMs ? 'Expired' : 'Active';
}
