export { isSameOrigin, type OriginFacts } from './decision.ts';
export { sameOriginPlugin, type SameOriginOptions } from './fastify.ts';
