import type { paths } from './openapi.d.ts';

/** The body of an operation's success answer: the nouns of the console are the API's own. */
type Answer<Path extends keyof paths, Method extends keyof paths[Path]> = paths[Path][Method] extends {
  responses: infer Responses;
}
  ? SuccessOf<Responses>
  : never;
type SuccessOf<Responses> = {
  [Status in keyof Responses & (200 | 201)]: Responses[Status] extends { content: { 'application/json': infer Body } }
    ? Body
    : never;
}[keyof Responses & (200 | 201)];

export type Session = Answer<'/api/session', 'get'>;
export type Company = Session['companies'][number];
export type ApiKey = Answer<'/api/keys', 'get'>['keys'][number];
export type Alert = Answer<'/api/alerts', 'get'>['alerts'][number];
export type AlertDetail = Answer<'/api/alerts/{id}', 'get'>;
export type Rule = Answer<'/api/rules', 'get'>['rules'][number];
export type QueryAnswer = Answer<'/api/query', 'post'>;
export type KqlProblem = Answer<'/api/query/diagnostics', 'post'>['diagnostics'][number];
export type CompletionItem = Answer<'/api/query/completions', 'post'>['items'][number];
export type KqlDefinition = NonNullable<Answer<'/api/query/definition', 'post'>['definition']>;
export type ActionGroup = Answer<'/api/action-groups', 'get'>['groups'][number];
export type Delivery = Answer<'/api/deliveries', 'get'>['deliveries'][number];

/** The body of a POST that makes one of these. */
type Draft<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody: { content: { 'application/json': infer Body } } };
}
  ? Body
  : never;

export type StoredFunction = Answer<'/api/functions', 'get'>['functions'][number];
export type Watchlist = Answer<'/api/watchlists', 'get'>['watchlists'][number];
export type FunctionDraft = Draft<'/api/functions'>;
export type WatchlistDraft = Draft<'/api/watchlists'>;
export type ActionGroupDraft = Draft<'/api/action-groups'>;
