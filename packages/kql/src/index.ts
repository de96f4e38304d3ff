/**
 * What a KQL query is and how a compiled one is bound, run and read. Importing this loads no parser: the compiler itself is
 * `@gatehouse/kql/compiler` (100 MB of Microsoft's language service), what an editor asks for is `@gatehouse/kql/editor`.
 */
export type {
  BindOptions,
  BoundQuery,
  CompiledQuery,
  CompileResult,
  Compiler,
  QueryParameters,
  ResultColumn,
} from './api.ts';
export type {
  Catalogue,
  CatalogueAbsence,
  CatalogueColumn,
  CatalogueFunction,
  CataloguePlaces,
  CatalogueTable,
  CatalogueWatchlist,
  CatalogueWatchlists,
  Confinement,
  ExternalPolicy,
  KqlType,
} from './catalogue.ts';
export {
  DISCOVERED_COLUMNS_LIMIT,
  PROBE_ROUNDS_LIMIT,
  settle,
  type Discovered,
  type NamedType,
  type Probe,
} from './discovery.ts';
export { allows, externalRows, EXTERNAL_FORMATS, type ExternalFormat, type ExternalRead } from './external.ts';
export type { KqlError, Span } from './errors.ts';
export { storedFunction, type FunctionText } from './catalogue.ts';
export type { FunctionCheck, FunctionFault } from './stored-function.ts';
export { decodeValue, formatDatetime, formatTimespan, isNullableStorage, storageType } from './storage.ts';
export { bindQuery } from './bind.ts';
export { readLiteral } from './parser/literals.ts';
export { pack, unpack, type PortableQuery } from './portable.ts';
export { KQL_ERROR_CODES, KqlRefusal, locate, nearest, type KqlErrorCode } from './errors.ts';
