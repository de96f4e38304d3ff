import { Alert, Button, Center, Loader, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { toApiError } from '../api/errors.ts';
import { Icon, type IconName } from './Icon.tsx';

/** Why something failed, in the server's words, with the id under which its log has the rest. */
export function ErrorNotice({
  error,
  title = 'That did not work',
  onRetry,
}: {
  readonly error: unknown;
  readonly title?: string;
  readonly onRetry?: () => void;
}) {
  const problem = toApiError(error);
  return (
    <Alert color="red" variant="outline" title={title} role="alert" className="notice">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{problem.message}</Text>
        {problem.details.length > 0 && (
          <ul className="plain-list">
            {problem.details.map((detail) => (
              <li key={`${detail.field} ${detail.reason}`}>
                <Text size="sm" component="span">
                  <code>{detail.field}</code>: {detail.reason}
                </Text>
              </li>
            ))}
          </ul>
        )}
        <Text size="xs" c="dimmed">
          {problem.code}
          {problem.requestId !== undefined && ` · request ${problem.requestId}`}
        </Text>
        {onRetry !== undefined && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** What a page shows when there is nothing yet, and what to do about it. */
export function EmptyNotice({
  icon,
  title,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <Center py={48} px="md">
      <Stack align="center" gap="xs" maw={460} ta="center">
        <span className="empty-icon">
          <Icon name={icon} size={28} />
        </span>
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text size="sm" c="dimmed" component="div">
          {children}
        </Text>
      </Stack>
    </Center>
  );
}

/** Grey rows in the place of a list that is on its way. */
export function ListLoading({ rows = 6 }: { readonly rows?: number }) {
  return (
    <Stack gap="xs" p="md" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={28} radius="sm" />
      ))}
    </Stack>
  );
}

/** The wait for a page's own code or data. */
export function PageLoading() {
  return (
    <Center mih={240} role="status" aria-label="Loading">
      <Loader size="sm" />
    </Center>
  );
}
