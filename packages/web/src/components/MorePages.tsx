import { Button, Center } from '@mantine/core';

/** The way to the next page of a list that the server hands out in pages. */
export function MorePages({
  hasMore,
  isLoading,
  onMore,
}: {
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly onMore: () => void;
}) {
  if (!hasMore) return null;
  return (
    <Center p="sm">
      <Button variant="default" size="xs" loading={isLoading} onClick={onMore}>
        Show more
      </Button>
    </Center>
  );
}
