export * from './types.ts';
export { ASIM_FUNCTIONS, type StoredFunction } from './asim.ts';
export { COMMON_COLUMNS } from './common.ts';
export { LOG_TABLES } from './tables/index.ts';
export { VOCABULARY, type VocabularyEvent, type VocabularyLevel, type VocabularyName } from './vocabulary.ts';
