import { Button, Group, Modal, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState, type SyntheticEvent } from 'react';
import type { StoredFunction } from '../../api/types.ts';
import { ErrorNotice, PageLoading } from '../../components/notices.tsx';
import { useCompany } from '../identity/company.tsx';
import { functionCheckQuery, functionVersionsQuery, useRestoreFunction, useSaveFunction } from './library.ts';
import { Versions } from './Versions.tsx';
import classes from './library.module.css';

const QueryEditor = lazy(() => import('../query/QueryEditor.tsx'));

const CHECK_AFTER_MS = 400;

/** Makes a function or its next version, checked while it is typed. */
export function FunctionDialog({
  edited,
  onClose,
}: {
  readonly edited: StoredFunction | 'new' | undefined;
  readonly onClose: () => void;
}) {
  return (
    <Modal
      opened={edited !== undefined}
      onClose={onClose}
      title={edited === 'new' || edited === undefined ? 'New function' : `Change ${edited.name}`}
      size="xl"
    >
      {edited !== undefined && <FunctionForm stored={edited === 'new' ? undefined : edited} onClose={onClose} />}
    </Modal>
  );
}

function FunctionForm({
  stored,
  onClose,
}: {
  readonly stored: StoredFunction | undefined;
  readonly onClose: () => void;
}) {
  const save = useSaveFunction(stored);
  const [name, setName] = useState(stored?.name ?? '');
  const [parameters, setParameters] = useState(stored?.parameters ?? '');
  const [body, setBody] = useState(stored?.body ?? '');
  const [description, setDescription] = useState(stored?.description ?? '');
  const [owner, setOwner] = useState(stored?.owner ?? '');
  const isGlobal = stored?.company === null;
  const text = { name, parameters, body, ...(isGlobal && { global: true }) };
  const [settled] = useDebouncedValue(JSON.stringify(text), CHECK_AFTER_MS);
  const check = useQuery({
    ...functionCheckQuery(JSON.parse(settled) as typeof text),
    enabled: name !== '' && body !== '',
  });
  const faults = check.data?.faults ?? [];
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate({ name, parameters, body, description, owner }, { onSuccess: onClose });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {save.isError && <ErrorNotice error={save.error} title="Not saved" />}
        <TextInput
          label="Name"
          required
          withAsterisk={false}
          maxLength={128}
          disabled={stored !== undefined}
          data-autofocus={stored === undefined ? true : undefined}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Parameters"
          description="With types and defaults, tables first: (T:(User:string), days:int=7)"
          value={parameters}
          onChange={(event) => setParameters(event.currentTarget.value)}
        />
        <div>
          <Text size="sm" fw={500} mb={4}>
            Query
          </Text>
          <div className={classes.editor}>
            <Suspense fallback={<PageLoading />}>
              <QueryEditor
                initial={stored?.body ?? ''}
                label="The function’s query"
                isPart
                onChange={setBody}
                onRun={() => undefined}
              />
            </Suspense>
          </div>
        </div>
        <div aria-live="polite">
          {check.isSuccess && faults.length === 0 && <Text size="sm">It compiles.</Text>}
          {faults.map((fault) => (
            <div key={`${fault.field} ${fault.span.start} ${fault.message}`}>
              <Text size="sm" className={classes.fault ?? ''}>
                {fault.field}, line {fault.line}: {fault.message}
                {fault.suggestion !== undefined && ` Did you mean ${fault.suggestion}?`}
              </Text>
              <pre className={classes.code}>{fault.frame}</pre>
            </div>
          ))}
        </div>
        <Textarea
          label="Description"
          autosize
          maxRows={6}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <TextInput
          label="Owner"
          placeholder="you"
          value={owner}
          onChange={(event) => setOwner(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
        {stored !== undefined && <FunctionHistory stored={stored} onRestored={onClose} />}
      </Stack>
    </form>
  );
}

function FunctionHistory({ stored, onRestored }: { readonly stored: StoredFunction; readonly onRestored: () => void }) {
  const { may } = useCompany();
  const versions = useQuery(functionVersionsQuery(stored.id));
  const restore = useRestoreFunction(stored.id);
  if (!versions.isSuccess) return null;
  return (
    <section>
      <Title order={3} size="h6">
        History
      </Title>
      <Versions
        versions={versions.data}
        describe={({ body }) => (body.length > 60 ? `${body.slice(0, 60)}…` : body)}
        mayRestore={may('library.manage')}
        isBusy={restore.isPending}
        error={restore.error}
        onRestore={(version) => restore.mutate(version, { onSuccess: onRestored })}
      />
    </section>
  );
}
