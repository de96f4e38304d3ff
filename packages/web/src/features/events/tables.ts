import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from '../../api/client.ts';

/** The log tables that the caller may read, by name. */
export const tablesQuery = queryOptions({
  queryKey: ['tables'],
  queryFn: async () => {
    const { tables } = bodyOf(await api.GET('/api/tables'));
    return tables.toSorted((a, b) => a.name.localeCompare(b.name));
  },
  staleTime: 60_000,
});
