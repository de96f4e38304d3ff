import { describe, expect, it } from 'vitest';
import { summarise } from './eventSummary.ts';

describe('summarise', () => {
  it('reads an ASIM authentication', () => {
    expect(
      summarise('Authentication', {
        TimeGenerated: '2026-01-02T03:04:05Z',
        EventType: 'Logon',
        TargetUsername: 'ada',
        TargetUserType: 'Regular',
        TargetHostname: 'PC-1',
        SrcIpAddr: '192.0.2.7',
        EventResult: 'Success',
      }),
    ).toEqual({
      time: '2026-01-02T03:04:05Z',
      what: 'Logon',
      who: 'ada',
      where: 'PC-1',
      address: '192.0.2.7',
      result: 'Success',
      actor: 'people',
    });
  });

  it('shows an event of an unknown kind under its table', () => {
    expect(summarise('Something_CL', { a: 1 })).toMatchObject({ what: 'Something_CL', who: '', actor: undefined });
  });

  it('shows an unknown event type as it came', () => {
    expect(summarise('X', { EventType: 'Coffee-Break' }).what).toBe('Coffee-Break');
  });

  it('skips what is empty or structured', () => {
    expect(summarise('X', { EventType: '', Activity: { a: 1 }, OperationName: 0 }).what).toBe('0');
  });

  it.each([
    ['WORKSTATION5$', undefined, 'machines'],
    ['CONTOSO\\WORKSTATION5$', undefined, 'machines'],
    ['PC1$@CONTOSO.LOCAL', undefined, 'machines'],
    ['Window Manager\\DWM-2', undefined, 'machines'],
    ['UMFD-0', undefined, 'machines'],
    ['backup', 'Service', 'machines'],
    ['ca$h', undefined, 'people'],
    ['dwm-fan', undefined, 'people'],
    ['', undefined, undefined],
  ])('%s (%s) is %s', (who, type, actor) => {
    expect(summarise('Authentication', { TargetUsername: who, TargetUserType: type }).actor).toBe(actor);
  });
});
