import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GuardError } from '@gatehouse/guard/errors';
import { GatehouseError, type ErrorDetail } from '../errors.ts';

/** The one error shape of the API. `requestId` is also in the log line that has the cause. */
export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details: readonly unknown[];
    readonly requestId: string;
  };
}

/** Fastify's own refusals, in our words. Everything else it may say becomes BAD_REQUEST with its status. */
const FASTIFY_CODES: Readonly<Record<string, { code: string; message: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'BODY_TOO_LARGE', message: 'The body is larger than this server takes.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'MEDIA_TYPE_UNKNOWN', message: 'This content type is not understood here.' },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'JSON_MALFORMED', message: 'The body is not valid JSON.' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'JSON_MALFORMED', message: 'The body is empty; JSON was expected.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'BAD_REQUEST',
    message: 'The body is shorter or longer than Content-Length says.',
  },
};

function validationDetails(error: FastifyError): readonly ErrorDetail[] {
  return (error.validation ?? []).map((one) => {
    const missing = (one.params as { missingProperty?: string; additionalProperty?: string } | undefined) ?? {};
    const name = missing.missingProperty ?? missing.additionalProperty;
    return {
      field: `${one.instancePath}${name === undefined ? '' : `/${name}`}`,
      reason: one.message ?? 'is not valid',
    };
  });
}

/** What an error is answered with; anything that is not ours says nothing of its inside. */
export function answerOf(error: unknown): {
  status: number;
  code: string;
  message: string;
  details: readonly unknown[];
  retryAfterSeconds?: number;
} {
  if (error instanceof GatehouseError)
    return {
      status: error.status,
      code: error.code,
      message: error.message,
      details: error.details,
      ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
    };
  if (error instanceof GuardError)
    return { status: error.statusCode, code: error.code, message: error.message, details: [] };
  const fastify = error as FastifyError;
  if (fastify.validation !== undefined)
    return {
      status: 400,
      code: 'VALIDATION_FAILED',
      message: 'A field is missing or wrong.',
      details: validationDetails(fastify),
    };
  const known = FASTIFY_CODES[fastify.code];
  if (known !== undefined) return { status: fastify.statusCode ?? 400, ...known, details: [] };
  const status = typeof fastify.statusCode === 'number' ? fastify.statusCode : 500;
  if (status === 429)
    return { status, code: 'RATE_LIMITED', message: 'Too many requests; wait a moment.', details: [] };
  if (status >= 400 && status < 500)
    return { status, code: 'BAD_REQUEST', message: 'The request is not valid.', details: [] };
  return {
    status: 500,
    code: 'INTERNAL',
    message: 'Something went wrong here. The request id leads to the cause in the log.',
    details: [],
  };
}

/** Installs the one error handler and the not-found answer. */
export function installErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const answer = answerOf(error);
    if (answer.status >= 500) request.log.error({ err: error }, 'request failed');
    else if (error instanceof GatehouseError && error.cause !== undefined)
      request.log.info({ err: error.cause, code: answer.code }, 'request refused');
    if (answer.retryAfterSeconds !== undefined) void reply.header('retry-after', String(answer.retryAfterSeconds));
    return sendError(request, reply, answer);
  });
}

export function sendError(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: { status: number; code: string; message: string; details: readonly unknown[] },
): FastifyReply {
  const body: ErrorBody = {
    error: { code: answer.code, message: answer.message, details: answer.details, requestId: request.id },
  };
  return reply
    .code(answer.status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(body));
}
