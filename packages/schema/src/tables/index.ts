import type { LogTable } from '../types.ts';
import { AppServiceConsoleLogs } from './AppServiceConsoleLogs.ts';

/** Every log table that exists from the start, in alphabetical order. A custom table (`Something_CL`) is declared at run time. */
export const LOG_TABLES: readonly LogTable[] = [AppServiceConsoleLogs];
