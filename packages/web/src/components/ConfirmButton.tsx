import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { ErrorNotice } from './notices.tsx';

/** A button for what cannot be undone: it asks first, and stays open with the reason when the server refuses. */
export function ConfirmButton({
  label,
  question,
  isBusy,
  error,
  onConfirm,
}: {
  readonly label: string;
  readonly question: string;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onConfirm: () => void;
}) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button size="xs" variant="default" onClick={open}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={label} centered>
        <Stack gap="md">
          <Text size="sm">{question}</Text>
          {error !== null && error !== undefined && <ErrorNotice error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button color="red.8" loading={isBusy} onClick={onConfirm}>
              {label}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
