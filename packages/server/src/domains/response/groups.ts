import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { CompanyScope } from '../../platform/access/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { SEVERITIES, type Severity } from '../detection/index.ts';
import { responseError } from './errors.ts';
import { plain } from './notice.ts';
import { newWebhookSecret, type SecretBox } from './secrets.ts';
import type { ActionGroupRow, ResponseTables } from './tables.ts';
import { urlProblem } from './webhook/send.ts';
import type { TargetPolicy } from './webhook/targets.ts';

export interface ActionGroup {
  readonly id: string;
  /** The company's number. */
  readonly company: number;
  readonly name: string;
  readonly recipients: readonly string[];
  readonly webhookUrl: string | null;
  readonly minimumSeverity: Severity;
  readonly enabled: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What a caller says of a group; untrusted. */
export interface GroupDraft {
  readonly name: string;
  readonly recipients: readonly string[];
  readonly webhookUrl?: string | null;
  readonly minimumSeverity?: Severity;
  readonly enabled?: boolean;
  /** True makes a new webhook secret; the old one is void at once. */
  readonly newWebhookSecret?: boolean;
}

/** A saved group; the secret is there when it was made just now, and never again. */
export interface SavedGroup {
  readonly group: ActionGroup;
  readonly webhookSecret: string | undefined;
}

export interface ActionGroups {
  list(scope: CompanyScope): Promise<readonly ActionGroup[]>;
  /** @throws GatehouseError `ACTION_GROUP_UNKNOWN`, also for another company's. */
  get(scope: CompanyScope, id: string): Promise<ActionGroup>;
  /** @throws GatehouseError `ACTION_GROUP_INVALID` naming the field, `ACTION_GROUP_NAME_TAKEN`, `ACTION_GROUP_LIMIT`. */
  create(company: number, draft: GroupDraft): Promise<SavedGroup>;
  replace(scope: CompanyScope, id: string, draft: GroupDraft): Promise<SavedGroup>;
  remove(scope: CompanyScope, id: string): Promise<ActionGroup>;
}

/** Bounds of what a company may set up. */
export const GROUP_BOUNDS = { groups: 50, recipients: 50, nameLength: 100, addressLength: 254 } as const;

/** One address as it is typed: no display name, no quoting, no white space, nothing that could end a header. */
const ADDRESS = /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\]+$/;

export interface GroupDependencies {
  readonly tables: Kysely<ResponseTables>;
  readonly clock: Clock;
  readonly secrets: SecretBox;
  readonly policy: TargetPolicy;
}

export function createActionGroups({ tables, clock, secrets, policy }: GroupDependencies): ActionGroups {
  const inScope = (scope: CompanyScope) =>
    tables
      .selectFrom('response_groups')
      .selectAll()
      .where('company', 'in', scope.companies.length === 0 ? [0] : scope.companies);
  const row = async (scope: CompanyScope, id: string): Promise<ActionGroupRow> => {
    const found = await inScope(scope).where('id', '=', id).executeTakeFirst();
    if (found === undefined) throw responseError('ACTION_GROUP_UNKNOWN');
    return found;
  };
  const checkName = async (company: number, nameKey: string, exceptId: string): Promise<void> => {
    const other = await tables
      .selectFrom('response_groups')
      .select('id')
      .where('company', '=', company)
      .where('name_key', '=', nameKey)
      .where('id', '<>', exceptId)
      .executeTakeFirst();
    if (other !== undefined) throw responseError('ACTION_GROUP_NAME_TAKEN', '/name', 'is taken');
  };
  return {
    list: async (scope) => (await inScope(scope).orderBy('name_key').orderBy('id').execute()).map(groupOf),
    get: async (scope, id) => groupOf(await row(scope, id)),
    async create(company, draft) {
      const values = checkDraft(draft, policy);
      const { count } = await tables
        .selectFrom('response_groups')
        .select((select) => select.fn.countAll().as('count'))
        .where('company', '=', company)
        .executeTakeFirstOrThrow();
      if (Number(count) >= GROUP_BOUNDS.groups)
        throw responseError('ACTION_GROUP_LIMIT', '/name', `at most ${GROUP_BOUNDS.groups}`);
      const id = uuidv7();
      await checkName(company, values.name_key, id);
      const webhookSecret = values.webhook_url === null ? undefined : newWebhookSecret();
      const nowMs = clock.now();
      const made: ActionGroupRow = {
        id,
        company,
        ...values,
        webhook_secret: webhookSecret === undefined ? null : secrets.seal(id, webhookSecret),
        created_ms: nowMs,
        updated_ms: nowMs,
      };
      await tables.insertInto('response_groups').values(made).execute();
      return { group: groupOf(made), webhookSecret };
    },
    async replace(scope, id, draft) {
      const before = await row(scope, id);
      const values = checkDraft(draft, policy);
      await checkName(before.company, values.name_key, id);
      const needsSecret =
        values.webhook_url !== null && (before.webhook_secret === null || draft.newWebhookSecret === true);
      const webhookSecret = needsSecret ? newWebhookSecret() : undefined;
      const sealed =
        values.webhook_url === null
          ? null
          : webhookSecret === undefined
            ? before.webhook_secret
            : secrets.seal(id, webhookSecret);
      const changed = { ...values, webhook_secret: sealed, updated_ms: clock.now() };
      await tables
        .updateTable('response_groups')
        .set(changed)
        .where('id', '=', id)
        .where('company', '=', before.company)
        .execute();
      return { group: groupOf({ ...before, ...changed }), webhookSecret };
    },
    async remove(scope, id) {
      const found = await row(scope, id);
      await tables.deleteFrom('response_groups').where('id', '=', id).where('company', '=', found.company).execute();
      return groupOf(found);
    },
  };
}

function checkDraft(draft: GroupDraft, policy: TargetPolicy) {
  const wrong = (field: string, reason: string) => responseError('ACTION_GROUP_INVALID', field, reason);
  const name = plain(draft.name, GROUP_BOUNDS.nameLength + 1);
  if (name === '' || name.length > GROUP_BOUNDS.nameLength)
    throw wrong('/name', `must have 1 to ${GROUP_BOUNDS.nameLength} characters`);
  if (draft.recipients.length > GROUP_BOUNDS.recipients)
    throw wrong('/recipients', `at most ${GROUP_BOUNDS.recipients}`);
  const recipients = new Map<string, string>();
  for (const [index, given] of draft.recipients.entries()) {
    const address = given.trim();
    if (!ADDRESS.test(address) || address.length > GROUP_BOUNDS.addressLength)
      throw wrong(`/recipients/${index}`, 'is not a mail address');
    recipients.set(address.toLowerCase(), address);
  }
  const webhookUrl =
    draft.webhookUrl === undefined || draft.webhookUrl === null || draft.webhookUrl.trim() === ''
      ? null
      : draft.webhookUrl.trim();
  const problem = webhookUrl === null ? undefined : urlProblem(webhookUrl, policy);
  if (problem !== undefined) throw wrong('/webhookUrl', problem);
  if (recipients.size === 0 && webhookUrl === null) throw wrong('/recipients', 'name a mail address or a webhook');
  return {
    name,
    name_key: name.toLowerCase(),
    recipients: JSON.stringify([...recipients.values()]),
    webhook_url: webhookUrl,
    minimum_severity: SEVERITIES.indexOf(draft.minimumSeverity ?? 'Informational'),
    enabled: (draft.enabled ?? true) ? 1 : 0,
  };
}

function groupOf(row: ActionGroupRow): ActionGroup {
  return {
    id: row.id,
    company: row.company,
    name: row.name,
    recipients: JSON.parse(row.recipients) as string[],
    webhookUrl: row.webhook_url,
    minimumSeverity: SEVERITIES[row.minimum_severity] ?? 'Informational',
    enabled: row.enabled === 1,
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
  };
}
