import { DateTime } from 'luxon';
import type { Message } from '../../../platform/mail/index.ts';
import { plain, type Notice } from '../notice.ts';

/** Longest subject; mail programs show less. */
const SUBJECT_LENGTH = 180;

/** The colour of a severity's bar; dark enough for white text on it (contrast 4.5 or more). */
const SEVERITY_COLOUR = { High: '#b3261e', Medium: '#9a5b00', Low: '#00639b', Informational: '#555f71' } as const;

/**
 * A notice as a mail, in text and HTML: who, where, when, three sample rows, link. Every value is escaped and bounded; nothing
 * is loaded from elsewhere, so opening it tells nobody. `publicUrl`: address of the console, without a slash at its end.
 */
export function renderMail(notice: Notice, to: string, publicUrl: string, messageId: string): Message {
  const facts = factsOf(notice);
  const link = linkOf(notice, publicUrl);
  const subject = plain(
    `[Gatehouse] ${notice.kind === 'test' ? '' : `${notice.severity}: `}${notice.title}`,
    SUBJECT_LENGTH,
  );
  return {
    to: [to],
    subject,
    text: textBody(notice, facts, link),
    html: htmlBody(notice, facts, link),
    headers: {
      'Message-ID': `<${messageId}@gatehouse>`,
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
  };
}

type Fact = readonly [name: string, value: string];

function factsOf(notice: Notice): readonly Fact[] {
  const who = notice.entities.map(({ type, identifiers }) => `${type} ${Object.values(identifiers).join(', ')}`);
  const details = Object.entries(notice.customDetails).map(([name, values]): Fact => [
    plain(name, 50),
    plain(values.join(', '), 500),
  ]);
  if (notice.kind === 'test') return [['Company', notice.company.name]];
  return [
    ['Company', notice.company.name],
    ['Who and where', who.length === 0 ? 'the rule names nobody' : plain(who.join('; '), 1000)],
    ['When', whenOf(notice)],
    ['Rule', plain(`${notice.rule?.name ?? ''} (${notice.rule?.version ?? ''})`, 300)],
    ...(notice.tactics.length === 0
      ? []
      : [['Tactics', plain([...notice.tactics, ...notice.techniques].join(', '), 300)] as const]),
    ...details,
  ];
}

function whenOf({ firstEventAt, lastEventAt, company }: Notice): string {
  const zone = DateTime.fromMillis(firstEventAt, { zone: company.timeZone }).isValid ? company.timeZone : 'UTC';
  const at = (ms: number): string => DateTime.fromMillis(ms, { zone }).toFormat('yyyy-MM-dd HH:mm:ss');
  const offset = DateTime.fromMillis(lastEventAt, { zone }).toFormat('ZZ');
  return firstEventAt === lastEventAt
    ? `${at(firstEventAt)} (${zone}, UTC${offset})`
    : `${at(firstEventAt)} to ${at(lastEventAt)} (${zone}, UTC${offset})`;
}

function linkOf(notice: Notice, publicUrl: string): string {
  return notice.alertId === null ? `${publicUrl}/action-groups` : `${publicUrl}/alerts/${notice.alertId}`;
}

function textBody(notice: Notice, facts: readonly Fact[], link: string): string {
  const rows = notice.sampleRows.map((row, index) =>
    [`Row ${index + 1}`, ...row.map((value, at) => `  ${notice.columns[at] ?? ''}: ${value}`)].join('\n'),
  );
  return [
    `${notice.severity}: ${notice.title}`,
    notice.description.trim(),
    facts.map(([name, value]) => `${name}: ${value}`).join('\n'),
    ...(rows.length === 0 ? [] : [`${sampleTitle(notice)}\n${rows.join('\n')}`]),
    `Open it: ${link}`,
    '',
  ].join('\n\n');
}

function sampleTitle({ sampleRows, rowCount }: Notice): string {
  return rowCount > sampleRows.length ? `The first ${sampleRows.length} of ${rowCount} rows` : 'The rows behind it';
}

function htmlBody(notice: Notice, facts: readonly Fact[], link: string): string {
  const cell = 'padding:4px 12px 4px 0;vertical-align:top;text-align:left;border-bottom:1px solid #dddddd';
  const factRows = facts.map(
    ([name, value]) =>
      `<tr><th style="${cell};white-space:nowrap">${escapeHtml(name)}</th><td style="${cell}">${escapeHtml(value)}</td></tr>`,
  );
  const head = notice.columns.map((name) => `<th style="${cell}">${escapeHtml(name)}</th>`).join('');
  const rows = notice.sampleRows.map(
    (row) => `<tr>${row.map((value) => `<td style="${cell}">${escapeHtml(value)}</td>`).join('')}</tr>`,
  );
  const sample =
    rows.length === 0
      ? ''
      : `<h2 style="font-size:16px">${escapeHtml(sampleTitle(notice))}</h2><table style="border-collapse:collapse;font-size:13px"><tr>${head}</tr>${rows.join('')}</table>`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>',
    '<body style="margin:0;padding:16px;font-family:Arial,Helvetica,sans-serif;font-size:14px;color:#1b1b1f;background:#ffffff">',
    `<p style="display:inline-block;margin:0;padding:2px 8px;color:#ffffff;background:${SEVERITY_COLOUR[notice.severity]}">${notice.severity}</p>`,
    `<h1 style="font-size:20px;margin:8px 0">${escapeHtml(notice.title)}</h1>`,
    `<p style="white-space:pre-line">${escapeHtml(notice.description.trim())}</p>`,
    `<table style="border-collapse:collapse">${factRows.join('')}</table>`,
    sample,
    `<p><a href="${escapeHtml(link)}">Open it in Gatehouse</a></p>`,
    '</body></html>',
  ].join('\n');
}

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ESCAPES[character] ?? '');
}
