/** Levels of the OWASP logging vocabulary. */
export type VocabularyLevel = 'INFO' | 'WARN' | 'CRITICAL';

export interface VocabularyEvent {
  readonly level: VocabularyLevel;
  /** Names of the arguments after the colon, in order; all optional on the wire. */
  readonly arguments: readonly string[];
}

const event = (level: VocabularyLevel, ...names: readonly string[]): VocabularyEvent => ({ level, arguments: names });

/**
 * Application security events by name, as `AppSecurityEvents_CL.EventName` holds them.
 * Source: OWASP Logging Vocabulary Cheat Sheet (2026).
 */
export const VOCABULARY = {
  authn_login_success: event('INFO', 'userid'),
  authn_login_successafterfail: event('INFO', 'userid', 'retries'),
  authn_login_fail: event('WARN', 'userid'),
  authn_login_fail_max: event('WARN', 'userid', 'maxlimit'),
  authn_login_lock: event('WARN', 'userid', 'reason'),
  authn_password_change: event('INFO', 'userid'),
  authn_password_change_fail: event('CRITICAL', 'userid'),
  authn_impossible_travel: event('CRITICAL', 'userid', 'region1', 'region2'),
  authn_token_created: event('INFO', 'userid', 'entitlements'),
  authn_token_revoked: event('INFO', 'userid', 'tokenid'),
  authn_token_reuse: event('CRITICAL', 'userid', 'tokenid'),
  authn_token_delete: event('WARN', 'appid'),
  authz_fail: event('CRITICAL', 'userid', 'resource'),
  authz_change: event('WARN', 'userid', 'from', 'to'),
  authz_admin: event('WARN', 'userid', 'event'),
  crypt_decrypt_fail: event('WARN', 'userid'),
  crypt_encrypt_fail: event('WARN', 'userid'),
  excess_rate_limit_exceeded: event('WARN', 'userid', 'max'),
  excess_sessions_exceeded: event('WARN', 'userid', 'max'),
  upload_complete: event('INFO', 'userid', 'filename', 'type'),
  upload_stored: event('INFO', 'filename', 'from', 'to'),
  upload_validation: event('INFO', 'filename', 'validator', 'result'),
  upload_delete: event('INFO', 'userid', 'fileid'),
  input_validation_fail: event('WARN', 'fields', 'userid'),
  input_validation_discrete_fail: event('WARN', 'field', 'userid'),
  malicious_excess_404: event('WARN', 'userid', 'useragent'),
  malicious_extraneous: event('CRITICAL', 'userid', 'inputname', 'useragent'),
  malicious_attack_tool: event('CRITICAL', 'userid', 'toolname', 'useragent'),
  malicious_sqli: event('CRITICAL', 'userid', 'inputname', 'useragent'),
  malicious_cors: event('CRITICAL', 'userid', 'useragent', 'referer'),
  malicious_direct_reference: event('CRITICAL', 'userid', 'useragent'),
  malicious_csrf: event('WARN', 'userid', 'useragent'),
  malicious_csp_violation: event('WARN', 'directive', 'uri'),
  mcp_prompt_injection: event('WARN', 'userid', 'tool'),
  mcp_resource_exhaustion: event('WARN', 'userid', 'tool'),
  mcp_tool_poisoning: event('WARN', 'userid', 'tool'),
  privilege_permissions_changed: event('WARN', 'userid', 'file', 'fromlevel', 'tolevel'),
  sensitive_create: event('WARN', 'userid', 'object'),
  sensitive_read: event('WARN', 'userid', 'object'),
  sensitive_update: event('WARN', 'userid', 'object'),
  sensitive_delete: event('WARN', 'userid', 'object'),
  sequence_fail: event('CRITICAL', 'userid'),
  session_created: event('INFO', 'userid'),
  session_renewed: event('INFO', 'userid'),
  session_expired: event('INFO', 'userid', 'reason'),
  session_logout: event('INFO', 'userid'),
  session_use_after_expire: event('CRITICAL', 'userid'),
  sys_startup: event('WARN', 'userid'),
  sys_shutdown: event('WARN', 'userid'),
  sys_restart: event('WARN', 'userid'),
  sys_crash: event('WARN', 'reason'),
  sys_monitor_disabled: event('WARN', 'userid', 'monitor'),
  sys_monitor_enabled: event('WARN', 'userid', 'monitor'),
  user_created: event('WARN', 'userid', 'newuserid', 'attributes'),
  user_updated: event('WARN', 'userid', 'onuserid', 'attributes'),
  user_archived: event('WARN', 'userid', 'onuserid'),
  user_deleted: event('WARN', 'userid', 'onuserid'),
} as const satisfies Readonly<Record<string, VocabularyEvent>>;

export type VocabularyName = keyof typeof VOCABULARY;
