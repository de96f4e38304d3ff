export { registerConsole } from './console.ts';
export { registerHealth } from './health.ts';
export { answerOf, sendError, type ErrorBody } from './errors.ts';
export { createHttpServer, type HttpOptions } from './server.ts';
