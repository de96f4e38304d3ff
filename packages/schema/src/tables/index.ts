import type { LogTable } from '../types.ts';
import { AADNonInteractiveUserSignInLogs } from './AADNonInteractiveUserSignInLogs.ts';
import { AppSecurityEvents_CL } from './AppSecurityEvents_CL.ts';
import { AppServiceConsoleLogs } from './AppServiceConsoleLogs.ts';
import { AppServiceHTTPLogs } from './AppServiceHTTPLogs.ts';
import { AuditLogs } from './AuditLogs.ts';
import { Authentication } from './Authentication.ts';
import { Event } from './Event.ts';
import { SecurityEvent } from './SecurityEvent.ts';
import { SignInEvents_CL } from './SignInEvents_CL.ts';
import { SigninLogs } from './SigninLogs.ts';
import { Syslog } from './Syslog.ts';
import { W3CIISLog } from './W3CIISLog.ts';
import { WindowsEvent } from './WindowsEvent.ts';

/** Every log table that exists from the start, in alphabetical order. A custom table (`Something_CL`) is declared at run time. */
export const LOG_TABLES: readonly LogTable[] = [
  AADNonInteractiveUserSignInLogs,
  AppSecurityEvents_CL,
  AppServiceConsoleLogs,
  AppServiceHTTPLogs,
  AuditLogs,
  Authentication,
  Event,
  SecurityEvent,
  SignInEvents_CL,
  SigninLogs,
  Syslog,
  W3CIISLog,
  WindowsEvent,
];
