import { distinct, fields, groups, lastPart, security, sysmon, text, timeMs, type Raw } from './recordings.ts';

/** Queries of our own, in the style of hunting rules, for operators that the public ones leave out over these recordings. */
export interface OwnQuery {
  readonly name: string;
  readonly query: string;
  readonly rows: (records: readonly Raw[]) => number;
}

const SYSMON = `WindowsEvent | where Channel == "Microsoft-Windows-Sysmon/Operational"`;

export const OWN: readonly OwnQuery[] = [
  {
    name: 'hashes of loaded images: dynamic data, split, mv-expand, parse, dcount',
    query: `${SYSMON} and EventID == 7 | mv-expand Hash = split(tostring(EventData.Hashes), ",") to typeof(string)
      | parse Hash with Kind "=" Value | where Kind in~ ("md5", "sha1") | summarize Images = dcount(tostring(EventData.ImageLoaded)) by Kind, Value`,
    rows: (all) =>
      distinct(
        sysmon(all, 7).flatMap((one) =>
          text(one, 'Hashes')
            .split(',')
            .filter((hash) => /^(?:md5|sha1)=/i.test(hash))
            .map((hash) => ({ hash })),
        ),
        fields('hash'),
      ),
  },
  {
    name: 'call traces through KERNELBASE: mv-apply with a summary each',
    query: `${SYSMON} and EventID == 10 | extend Trace = split(tostring(EventData.CallTrace), "|")
      | mv-apply Frame = Trace to typeof(string) on (summarize Hits = countif(Frame has "KERNELBASE.dll")) | where Hits >= 2`,
    rows: (all) =>
      sysmon(all, 10).filter(
        (one) =>
          text(one, 'CallTrace')
            .split('|')
            .filter((frame) => /KERNELBASE\.dll/i.test(frame)).length >= 2,
      ).length,
  },
  {
    name: 'the last logon of each account: arg_max',
    query: `SecurityEvent | where EventID == 4624 | summarize arg_max(TimeGenerated, IpAddress, LogonType) by TargetUserName, Computer`,
    rows: (all) => distinct(security(all, 4624), fields('TargetUserName', 'Hostname')),
  },
  {
    name: 'pauses between logons of a machine: serialize, prev, datetime arithmetic',
    query: `SecurityEvent | where EventID == 4624 | sort by Computer asc, TimeGenerated asc
      | extend Pause = iff(prev(Computer) == Computer, TimeGenerated - prev(TimeGenerated), timespan(null)) | where Pause > 5s`,
    rows: (all) =>
      [...groups(security(all, 4624), fields('Hostname')).values()]
        .map((group) => group.map(timeMs).sort((a, b) => a - b))
        .flatMap((times) => times.filter((time, index) => index > 0 && time - (times[index - 1] ?? time) > 5_000))
        .length,
  },
  {
    name: 'the first three of each kind: row_number with a restart',
    query: `SecurityEvent | sort by EventID asc, TimeGenerated asc | extend Rank = row_number(1, prev(EventID) != EventID) | where Rank <= 3`,
    rows: (all) =>
      [...groups(security(all), fields('EventID')).values()].reduce((sum, { length }) => sum + Math.min(3, length), 0),
  },
  {
    name: 'busy half minutes: make-series, mv-expand',
    query: `SecurityEvent | make-series Events = count() default = 0 on TimeGenerated from datetime(2020-09-04 07:06) to datetime(2020-09-04 07:10) step 30s by Computer
      | mv-expand Events to typeof(long) | where Events > 500`,
    rows: (all) =>
      [
        ...groups(
          security(all).filter((one) => {
            const time = timeMs(one);
            return time >= Date.parse('2020-09-04T07:06:00Z') && time < Date.parse('2020-09-04T07:10:00Z');
          }),
          (one) => [one.Hostname, Math.floor(timeMs(one) / 30_000)],
        ).values(),
      ].filter(({ length }) => length > 500).length,
  },
  {
    name: 'machines with a busy half minute: make-series, series_stats_dynamic',
    query: `SecurityEvent | make-series Events = count() default = 0 on TimeGenerated from datetime(2020-10-22 08:29) to datetime(2020-10-22 08:31) step 30s by Computer
      | where tolong(series_stats_dynamic(Events).max) > 300`,
    rows: (all) =>
      new Set(
        [
          ...groups(
            security(all).filter(
              (one) =>
                timeMs(one) >= Date.parse('2020-10-22T08:29:00Z') && timeMs(one) < Date.parse('2020-10-22T08:31:00Z'),
            ),
            (one) => [one.Hostname, Math.floor(timeMs(one) / 30_000)],
          ).values(),
        ]
          .filter(({ length }) => length > 300)
          .map(([one]) => one?.Hostname),
      ).size,
  },
  {
    name: 'kinds of events by machine: evaluate pivot',
    query: `SecurityEvent | where EventID in (4624, 4634, 4672) | evaluate pivot(EventID, count(), Computer) | where ['4624'] > 0`,
    rows: (all) => distinct(security(all, 4624), fields('Hostname')),
  },
  {
    name: 'what a process start carries: evaluate bag_unpack',
    query: `${SYSMON} and EventID == 1 | project D = bag_pack("Image", EventData.Image, "Parent", EventData.ParentImage) | evaluate bag_unpack(D) | distinct Image, Parent`,
    rows: (all) => distinct(sysmon(all, 1), fields('Image', 'ParentImage')),
  },
  {
    name: 'processes seen by both logs: let, extract, join kind=leftsemi',
    query: `let started = SecurityEvent | where EventID == 4688 | project File = tolower(extract(@"([^\\\\]+)$", 1, NewProcessName));
      ${SYSMON} and EventID == 1 | extend File = tolower(tostring(split(tostring(EventData.Image), "\\\\")[-1])) | join kind=leftsemi started on File`,
    rows: (all) => {
      const started = new Set(security(all, 4688).map((one) => lastPart(text(one, 'NewProcessName')).toLowerCase()));
      return sysmon(all, 1).filter((one) => started.has(lastPart(text(one, 'Image')).toLowerCase())).length;
    },
  },
  {
    name: 'logons with their ends: join kind=leftouter keeps those without one',
    query: `SecurityEvent | where EventID == 4624 | project Computer, TargetLogonId
      | join kind=leftouter (SecurityEvent | where EventID == 4634 | project Computer, TargetLogonId, Ended = TimeGenerated) on Computer, TargetLogonId`,
    rows: (all) => {
      const ends = groups(security(all, 4634), fields('Hostname', 'TargetLogonId'));
      return security(all, 4624).reduce(
        (sum, one) =>
          sum + Math.max(1, ends.get(JSON.stringify(fields('Hostname', 'TargetLogonId')(one)))?.length ?? 0),
        0,
      );
    },
  },
  {
    name: 'an event as XML and back: parse_xml, strcat, parse_json',
    query: `SecurityEvent | where EventID == 4624 | extend X = parse_xml(strcat("<e><s>", TargetUserName, "</s></e>")), J = parse_json(strcat('{"t":', LogonType, '}'))
      | where J.t == 3 and tostring(X.e.s) !endswith "$"`,
    rows: (all) =>
      security(all, 4624).filter((one) => text(one, 'LogonType') === '3' && !text(one, 'TargetUserName').endsWith('$'))
        .length,
  },
  {
    name: 'both tables: union withsource, matches regex, top',
    query: `union withsource = From (SecurityEvent | where EventID == 4688 and CommandLine matches regex @"(?i)powershell\\.exe[^ ]?\\s+-"),
      (${SYSMON} and EventID == 1 and tostring(EventData.CommandLine) matches regex @"(?i)powershell\\.exe[^ ]?\\s+-") | top 500 by TimeGenerated asc`,
    rows: (all) =>
      [...security(all, 4688), ...sysmon(all, 1)].filter((one) =>
        /powershell\.exe[^ ]?\s+-/i.test(text(one, 'CommandLine')),
      ).length,
  },
];
