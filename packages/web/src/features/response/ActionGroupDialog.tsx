import { Button, Checkbox, Group, Modal, NativeSelect, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { ApiError } from '../../api/errors.ts';
import type { ActionGroup } from '../../api/types.ts';
import { ErrorNotice } from '../../components/notices.tsx';
import { SecretOnce } from '../../components/SecretOnce.tsx';
import { isSeverity, SEVERITIES, type Severity } from '../detection/alerts.ts';
import { useSaveActionGroup } from './response.ts';

/** Makes a group or changes one. */
export function ActionGroupDialog({
  edited,
  onClose,
}: {
  readonly edited: ActionGroup | 'new' | undefined;
  readonly onClose: () => void;
}) {
  return (
    <Modal
      opened={edited !== undefined}
      onClose={onClose}
      title={edited === 'new' ? 'New action group' : 'Change the group'}
      centered
    >
      {edited !== undefined && <GroupForm group={edited === 'new' ? undefined : edited} onClose={onClose} />}
    </Modal>
  );
}

function GroupForm({ group, onClose }: { readonly group: ActionGroup | undefined; readonly onClose: () => void }) {
  const save = useSaveActionGroup(group?.id);
  const [name, setName] = useState(group?.name ?? '');
  const [recipients, setRecipients] = useState<string[]>(group?.recipients ?? []);
  const [webhookUrl, setWebhookUrl] = useState(group?.webhookUrl ?? '');
  const [minimumSeverity, setMinimumSeverity] = useState<Severity>(group?.minimumSeverity ?? 'Informational');
  const [newWebhookSecret, setNewWebhookSecret] = useState(false);
  const [enabled, setEnabled] = useState(group?.enabled ?? true);
  const reason = (field: string) => (save.error instanceof ApiError ? save.error.reasonFor(field) : undefined);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate(
      {
        name,
        recipients,
        webhookUrl: webhookUrl === '' ? null : webhookUrl,
        minimumSeverity,
        enabled,
        newWebhookSecret,
      },
      {
        onSuccess: (saved) => {
          if (saved.webhookSecret === undefined) onClose();
        },
      },
    );
  };
  if (save.data?.webhookSecret !== undefined)
    return (
      <Stack gap="md">
        <SecretOnce label="The webhook's secret: calls are signed with it" secret={save.data.webhookSecret} />
        <Group justify="flex-end">
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    );
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {save.isError && <ErrorNotice error={save.error} title="Not saved" />}
        <TextInput
          label="Name"
          required
          withAsterisk={false}
          maxLength={100}
          data-autofocus
          value={name}
          error={reason('name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TagsInput
          label="Mail to"
          description="One address after another, each closed with Enter."
          value={recipients}
          onChange={setRecipients}
          error={reason('recipients')}
          splitChars={[',', ';', ' ']}
          acceptValueOnBlur
        />
        <TextInput
          label="Webhook"
          description="An address that takes a signed POST; may be left empty."
          type="url"
          placeholder="https://"
          value={webhookUrl}
          error={reason('webhookUrl')}
          onChange={(event) => setWebhookUrl(event.currentTarget.value)}
        />
        {group !== undefined && group.webhookUrl !== null && webhookUrl !== '' && (
          <Checkbox
            label="Make a new secret for the webhook"
            description="The old one is void at once."
            checked={newWebhookSecret}
            onChange={(event) => setNewWebhookSecret(event.currentTarget.checked)}
          />
        )}
        <NativeSelect
          label="Alerts from"
          value={minimumSeverity}
          onChange={(event) => {
            const { value } = event.currentTarget;
            if (isSeverity(value)) setMinimumSeverity(value);
          }}
          data={SEVERITIES.map((severity) => ({
            value: severity,
            label:
              severity === 'High'
                ? 'High only'
                : severity === 'Informational'
                  ? 'Every severity'
                  : `${severity} and above`,
          }))}
        />
        <Switch label="On" checked={enabled} onChange={(event) => setEnabled(event.currentTarget.checked)} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
