import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from '../../api/client.ts';

/** The rules with how they fare. */
export const rulesQuery = queryOptions({
  queryKey: ['rules'],
  queryFn: async () => bodyOf(await api.GET('/api/rules')).rules,
  refetchInterval: 30_000,
});
