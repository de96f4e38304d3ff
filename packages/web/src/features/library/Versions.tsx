import { Button, Group, Stack, Text } from '@mantine/core';
import { ErrorNotice } from '../../components/notices.tsx';
import { Time } from '../../components/Time.tsx';

interface Version {
  readonly version: number;
  readonly madeBy: string;
  readonly madeAt: number;
}

/** The history of something, the latest first, each with the way back to it. */
export function Versions<One extends Version>({
  versions,
  describe,
  mayRestore,
  isBusy,
  error,
  onRestore,
}: {
  readonly versions: readonly One[];
  readonly describe: (version: One) => string;
  readonly mayRestore: boolean;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onRestore: (version: number) => void;
}) {
  const [latest] = versions;
  return (
    <Stack gap="xs">
      {error !== null && error !== undefined && <ErrorNotice error={error} title="Not restored" />}
      <ul className="plain-list" aria-label="Versions">
        {versions.map((one) => (
          <li key={one.version}>
            <Group justify="space-between" gap="sm" wrap="nowrap" py={4}>
              <Text size="sm">
                Version {one.version}, <Time at={one.madeAt} />, by {one.madeBy}: {describe(one)}
              </Text>
              {mayRestore && one !== latest && (
                <Button
                  size="xs"
                  variant="default"
                  disabled={isBusy}
                  aria-label={`Restore version ${one.version}`}
                  onClick={() => onRestore(one.version)}
                >
                  Restore
                </Button>
              )}
            </Group>
          </li>
        ))}
      </ul>
    </Stack>
  );
}
