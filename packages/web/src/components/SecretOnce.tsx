import { Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core';
import { Icon } from './Icon.tsx';
import classes from './SecretOnce.module.css';

/** A secret that is shown this once and can be copied. */
export function SecretOnce({ label, secret }: { readonly label: string; readonly secret: string }) {
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {label}
      </Text>
      <Group gap="xs" wrap="nowrap">
        <Code className={classes.secret ?? ''} data-testid="secret">
          {secret}
        </Code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy} leftSection={<Icon name={copied ? 'check' : 'copy'} size={16} />}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Text size="sm" c="dimmed">
        It is shown only now: only its fingerprint is kept. Put it where your secrets live.
      </Text>
    </Stack>
  );
}
