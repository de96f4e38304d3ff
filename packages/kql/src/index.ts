export type { BindOptions, BoundQuery, CompiledQuery, CompileResult, Compiler, ResultColumn } from './api.ts';
export type { Catalogue, CatalogueColumn, CatalogueFunction, CatalogueTable, KqlType } from './catalogue.ts';
export type { KqlError, Span } from './errors.ts';
export { decodeValue, formatDatetime, formatTimespan, isNullableStorage, storageType } from './storage.ts';
export { createCompiler, type CompilerOptions } from './compiler.ts';
export { KQL_ERROR_CODES, KqlRefusal, locate, type KqlErrorCode } from './errors.ts';
