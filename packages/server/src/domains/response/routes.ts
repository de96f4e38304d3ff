import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import { companyOf, principalOf, scopeOf } from '../../platform/access/index.ts';
import type { Audit } from '../audit/index.ts';
import { listDeliveries, maskedTarget, type Delivery } from './deliveries.ts';
import type { ActionGroup, ActionGroups } from './groups.ts';
import {
  DeliveryListQuery,
  DeliveryListShape,
  GroupBody,
  GroupListShape,
  GroupShape,
  IdParams,
  SavedGroupShape,
  TestShape,
} from './schemas.ts';
import type { ResponseTables } from './tables.ts';

export interface ResponseRoutesOptions {
  readonly groups: ActionGroups;
  readonly tables: Kysely<ResponseTables>;
  readonly audit: Pick<Audit, 'record'>;
  /** Writes and sends a test of the group. */
  readonly test: (group: ActionGroup) => Promise<readonly Delivery[]>;
}

const MANAGE = { access: { permission: 'actions.manage' } } as const;

/** `/api/action-groups` and `/api/deliveries`. */
export function responseRoutes({ groups, tables, audit, test }: ResponseRoutesOptions): FastifyPluginAsyncTypebox {
  const record = async (request: FastifyRequest, action: string, group: ActionGroup): Promise<void> => {
    const { kind, id, label } = principalOf(request);
    await audit.record({
      company: group.company,
      actor: { kind, id, label },
      action,
      target: group.name,
      outcome: 'success',
      address: request.ip,
      detail: { group: group.id, recipients: group.recipients, webhook: group.webhookUrl, enabled: group.enabled },
    });
  };
  return async (app) => {
    app.get(
      '/api/action-groups',
      {
        config: { access: { permission: 'actions.read' } },
        schema: { tags: ['response'], summary: 'Who is told of alerts', response: { 200: GroupListShape } },
      },
      async (request) => ({ groups: (await groups.list(scopeOf(request, 'actions.read'))) as never }),
    );
    app.post(
      '/api/action-groups',
      {
        config: MANAGE,
        schema: {
          tags: ['response'],
          summary: 'Make an action group',
          body: GroupBody,
          response: { 201: SavedGroupShape },
        },
      },
      async (request, reply) => {
        const company = companyOf(request, 'actions.manage');
        const { group, webhookSecret } = await groups.create(company.number, request.body);
        await record(request, 'actionGroup.create', group);
        return reply.code(201).send({ ...group, ...(webhookSecret === undefined ? {} : { webhookSecret }) } as never);
      },
    );
    app.put(
      '/api/action-groups/:id',
      {
        config: MANAGE,
        schema: {
          tags: ['response'],
          summary: 'Change an action group',
          params: IdParams,
          body: GroupBody,
          response: { 200: SavedGroupShape },
        },
      },
      async (request) => {
        const { group, webhookSecret } = await groups.replace(
          scopeOf(request, 'actions.manage'),
          request.params.id,
          request.body,
        );
        await record(request, 'actionGroup.change', group);
        return { ...group, ...(webhookSecret === undefined ? {} : { webhookSecret }) } as never;
      },
    );
    app.delete(
      '/api/action-groups/:id',
      {
        config: MANAGE,
        schema: {
          tags: ['response'],
          summary: 'Delete an action group',
          params: IdParams,
          response: { 200: GroupShape },
        },
      },
      async (request) => {
        const group = await groups.remove(scopeOf(request, 'actions.manage'), request.params.id);
        await record(request, 'actionGroup.delete', group);
        return group as never;
      },
    );
    app.post(
      '/api/action-groups/:id/test',
      {
        config: MANAGE,
        schema: {
          tags: ['response'],
          summary: 'Send a test to everybody in the group',
          params: IdParams,
          response: { 200: TestShape },
        },
      },
      async (request) => {
        const group = await groups.get(scopeOf(request, 'actions.manage'), request.params.id);
        const deliveries = await test(group);
        await record(request, 'actionGroup.test', group);
        return { deliveries } as never;
      },
    );
    app.get(
      '/api/deliveries',
      {
        config: { access: { permission: 'alerts.read' } },
        schema: {
          tags: ['response'],
          summary: 'Messages with their delivery log, newest first',
          description: 'Targets are masked for callers without actions.read.',
          querystring: DeliveryListQuery,
          response: { 200: DeliveryListShape },
        },
      },
      async (request) => {
        const page = await listDeliveries(tables, scopeOf(request, 'alerts.read'), request.query);
        const readers = new Set(
          principalOf(request)
            .companies.filter(({ permissions }) => permissions.has('actions.read'))
            .map(({ number }) => number),
        );
        const deliveries = page.deliveries.map((delivery) =>
          readers.has(delivery.company) ? delivery : { ...delivery, target: maskedTarget(delivery) },
        );
        return { deliveries, nextCursor: page.nextCursor } as never;
      },
    );
  };
}
