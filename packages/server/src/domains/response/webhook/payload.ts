import type { Notice } from '../notice.ts';

/** The JSON that a webhook gets. `version` grows when a field changes its meaning; new fields may come at any time. */
export function renderWebhook(notice: Notice, deliveryId: string, publicUrl: string): string {
  const iso = (ms: number): string => new Date(ms).toISOString();
  return JSON.stringify({
    version: 1,
    kind: notice.kind,
    deliveryId,
    company: notice.company.name,
    alert: {
      id: notice.alertId,
      title: notice.title,
      description: notice.description,
      severity: notice.severity,
      rule: notice.rule,
      tactics: notice.tactics,
      techniques: notice.techniques,
      entities: notice.entities,
      customDetails: notice.customDetails,
      firstEventAt: iso(notice.firstEventAt),
      lastEventAt: iso(notice.lastEventAt),
      foundAt: iso(notice.foundAt),
      rowCount: notice.rowCount,
      columns: notice.columns,
      sampleRows: notice.sampleRows,
      link: notice.alertId === null ? null : `${publicUrl}/alerts/${notice.alertId}`,
    },
  });
}
