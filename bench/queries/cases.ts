import { LOG_TABLES } from '@gatehouse/schema';

/** One kind of query that rules use: the KQL, and the SQL somebody who knows the engine and the tables would write for it. */
export interface BenchCase {
  readonly name: string;
  readonly kql: string;
  /** Bound: `companies`, and `now` as DateTime64(7). */
  readonly sql: string;
}

const COMPANY = 'CompanyId IN {companies:Array(UInt32)}';
/** A word in every text of two tables, as somebody would write it who must name the columns. */
function searchSql(): string {
  const selects = ['SigninLogs', 'AppServiceConsoleLogs'].map((name) => {
    const columns = LOG_TABLES.find((table) => table.name === name)?.columns ?? [];
    const texts = columns.filter((column) => column.type === 'string' || column.type === 'dynamic');
    const conditions = texts.map((column) => `hasTokenCaseInsensitive(\`${column.name}\`, 'traceback')`);
    return `SELECT '${name}' AS source FROM ${name} WHERE ${COMPANY} AND ${since('Day(1)')} AND (${conditions.join(' OR ')})`;
  });
  return `SELECT source, count() FROM (${selects.join(' UNION ALL ')}) GROUP BY source`;
}

const since = (interval: string) => `TimeGenerated > {now:DateTime64(7, 'UTC')} - toInterval${interval}`;

export const CASES: readonly BenchCase[] = [
  {
    name: "seed 000's query",
    kql: `AppServiceConsoleLogs
| where TimeGenerated > ago(15m)
| where ResultDescription contains "protected route access"
| extend user_id = extract(@"user_id: ([^,]+)", 1, ResultDescription)
| where isnotempty(user_id)
| summarize AccessCount = count() by user_id, bin(TimeGenerated, 1m)
| where AccessCount > 10
| project user_id, TimeGenerated, AccessCount
| order by AccessCount desc`,
    sql: `SELECT user_id, minute, AccessCount FROM (
  SELECT extract(ResultDescription, 'user_id: ([^,]+)') AS user_id, toStartOfMinute(TimeGenerated) AS minute, count() AS AccessCount
  FROM AppServiceConsoleLogs WHERE ${COMPANY} AND ${since('Minute(15)')} AND positionCaseInsensitive(ResultDescription, 'protected route access') > 0
  GROUP BY user_id, minute HAVING user_id != '' AND AccessCount > 10) ORDER BY AccessCount DESC`,
  },
  {
    name: "seed 000's rule over a day",
    kql: `AppServiceConsoleLogs
| where TimeGenerated > ago(1d)
| where ResultDescription contains "protected route access"
| extend user_id = extract(@"user_id: ([^,]+)", 1, ResultDescription)
| where isnotempty(user_id)
| summarize AccessCount = count(), FirstSeen = min(TimeGenerated), LastSeen = max(TimeGenerated) by user_id, bin(TimeGenerated, 15m)
| where AccessCount > 2`,
    sql: `SELECT extract(ResultDescription, 'user_id: ([^,]+)') AS user_id, toStartOfInterval(TimeGenerated, toIntervalMinute(15)) AS slot,
  count() AS AccessCount, min(TimeGenerated) AS FirstSeen, max(TimeGenerated) AS LastSeen
  FROM AppServiceConsoleLogs WHERE ${COMPANY} AND ${since('Day(1)')} AND positionCaseInsensitive(ResultDescription, 'protected route access') > 0
  GROUP BY user_id, slot HAVING user_id != '' AND AccessCount > 2`,
  },
  {
    name: 'failures by address',
    kql: `SigninLogs | where TimeGenerated > ago(1d) | where ResultType == "50126"
| summarize Failures = count(), Users = dcount(UserPrincipalName) by IPAddress | where Failures > 1`,
    sql: `SELECT IPAddress, count() AS Failures, uniq(UserPrincipalName) AS Users FROM SigninLogs
  WHERE ${COMPANY} AND ${since('Day(1)')} AND ResultType = '50126' GROUP BY IPAddress HAVING Failures > 1`,
  },
  {
    name: 'one user, any case',
    kql: `SecurityEvent | where TimeGenerated > ago(7d) | where EventID == 4624 and TargetUserName =~ "user42"
| project TimeGenerated, Computer, IpAddress, LogonType`,
    sql: `SELECT TimeGenerated, Computer, IpAddress, LogonType FROM SecurityEvent
  WHERE ${COMPANY} AND ${since('Day(7)')} AND EventID = 4624 AND lower(TargetUserName) = 'user42'`,
  },
  {
    name: 'one address, newest first',
    kql: `SigninLogs | where IPAddress == "203.0.17.99" | project TimeGenerated, UserPrincipalName, ResultType | top 100 by TimeGenerated`,
    sql: `SELECT TimeGenerated, UserPrincipalName, ResultType FROM SigninLogs
  WHERE ${COMPANY} AND IPAddress = '203.0.17.99' ORDER BY TimeGenerated DESC LIMIT 100`,
  },
  {
    name: 'a word in text, by hour',
    kql: `AppServiceConsoleLogs | where TimeGenerated > ago(7d) | where ResultDescription has "traceback"
| summarize count() by bin(TimeGenerated, 1h)`,
    sql: `SELECT toStartOfHour(TimeGenerated) AS hour, count() FROM AppServiceConsoleLogs
  WHERE ${COMPANY} AND ${since('Day(7)')} AND hasTokenCaseInsensitive(ResultDescription, 'traceback') GROUP BY hour`,
  },
  {
    name: 'a part of text, by host',
    kql: `AppServiceConsoleLogs | where ResultDescription contains "Unauthorized attempt" | summarize count() by Host`,
    sql: `SELECT Host, count() FROM AppServiceConsoleLogs
  WHERE ${COMPANY} AND lower(ResultDescription) LIKE '%unauthorized attempt%' GROUP BY Host`,
  },
  {
    name: 'events by kind',
    kql: `SecurityEvent | summarize count() by EventID`,
    sql: `SELECT EventID, count() FROM SecurityEvent WHERE ${COMPANY} GROUP BY EventID`,
  },
  {
    name: 'last sign-in of everybody',
    kql: `SigninLogs | where TimeGenerated > ago(7d) | where ResultType == "0"
| summarize arg_max(TimeGenerated, IPAddress, Location) by UserPrincipalName`,
    sql: `SELECT UserPrincipalName, max(TimeGenerated) AS latest, argMax((IPAddress, Location), TimeGenerated) FROM SigninLogs
  WHERE ${COMPANY} AND ${since('Day(7)')} AND ResultType = '0' GROUP BY UserPrincipalName`,
  },
  {
    name: 'distinct hosts and addresses',
    kql: `SecurityEvent | where TimeGenerated > ago(1d) | where EventID in (4624, 4625)
| summarize Hosts = dcount(Computer), Addresses = make_set(IpAddress, 50) by TargetUserName`,
    sql: `SELECT TargetUserName, uniq(Computer) AS Hosts, groupUniqArray(50)(IpAddress) AS Addresses FROM SecurityEvent
  WHERE ${COMPANY} AND ${since('Day(1)')} AND EventID IN (4624, 4625) GROUP BY TargetUserName`,
  },
  {
    name: 'success after failures',
    kql: `SigninLogs | where TimeGenerated > ago(7d)
| summarize Failures = countif(ResultType != "0"), Successes = countif(ResultType == "0") by UserPrincipalName
| where Failures > 5 and Successes > 0`,
    sql: `SELECT UserPrincipalName, countIf(ResultType != '0') AS Failures, countIf(ResultType = '0') AS Successes FROM SigninLogs
  WHERE ${COMPANY} AND ${since('Day(7)')} GROUP BY UserPrincipalName HAVING Failures > 5 AND Successes > 0`,
  },
  {
    name: 'a field of JSON',
    kql: `SigninLogs | where TimeGenerated > ago(7d) | extend City = tostring(LocationDetails.city) | summarize count() by City`,
    sql: `SELECT JSONExtractString(LocationDetails, 'city') AS City, count() FROM SigninLogs
  WHERE ${COMPANY} AND ${since('Day(7)')} GROUP BY City`,
  },
  {
    name: 'join: failures, then a success',
    kql: `SigninLogs | where TimeGenerated > ago(2d) | where ResultType == "50126"
| summarize Failures = count(), LastFailure = max(TimeGenerated) by UserPrincipalName
| join kind=inner (SigninLogs | where TimeGenerated > ago(2d) | where ResultType == "0" | project UserPrincipalName, IPAddress, SuccessAt = TimeGenerated) on UserPrincipalName
| where SuccessAt > LastFailure
| summarize Addresses = dcount(IPAddress), Failures = max(Failures) by UserPrincipalName`,
    sql: `SELECT UserPrincipalName, uniq(IPAddress) AS Addresses, max(Failures) FROM (
    SELECT UserPrincipalName, IPAddress, TimeGenerated AS SuccessAt FROM SigninLogs WHERE ${COMPANY} AND ${since('Day(2)')} AND ResultType = '0') s
  INNER JOIN (SELECT UserPrincipalName, count() AS Failures, max(TimeGenerated) AS LastFailure FROM SigninLogs
    WHERE ${COMPANY} AND ${since('Day(2)')} AND ResultType = '50126' GROUP BY UserPrincipalName) f USING UserPrincipalName
  WHERE SuccessAt > LastFailure GROUP BY UserPrincipalName`,
  },
  {
    name: 'leftanti: addresses not seen before',
    kql: `SigninLogs | where TimeGenerated > ago(1h) | distinct IPAddress
| join kind=leftanti (SigninLogs | where TimeGenerated between (ago(7d) .. ago(1h)) | distinct IPAddress) on IPAddress`,
    sql: `SELECT DISTINCT IPAddress FROM SigninLogs WHERE ${COMPANY} AND ${since('Hour(1)')} AND IPAddress NOT IN (
    SELECT IPAddress FROM SigninLogs WHERE ${COMPANY} AND ${since('Day(7)')} AND TimeGenerated <= {now:DateTime64(7, 'UTC')} - toIntervalHour(1))`,
  },
  {
    name: 'mv-expand a dynamic array',
    kql: `SigninLogs | where TimeGenerated > ago(2d) | mv-expand Policy = ConditionalAccessPolicies
| where tostring(Policy.result) == "failure" | summarize Failures = count() by Name = tostring(Policy.displayName)`,
    sql: `SELECT JSONExtractString(Policy, 'displayName') AS Name, count() AS Failures FROM SigninLogs
  ARRAY JOIN JSONExtractArrayRaw(ConditionalAccessPolicies) AS Policy
  WHERE ${COMPANY} AND ${since('Day(2)')} AND JSONExtractString(Policy, 'result') = 'failure' GROUP BY Name`,
  },
  {
    name: 'mv-apply: rows with two policies not applied',
    kql: `SigninLogs | where TimeGenerated > ago(1d)
| mv-apply Policy = ConditionalAccessPolicies on (where tostring(Policy.result) == "notApplied" | summarize NotApplied = count())
| where NotApplied == 2 | summarize count() by AppDisplayName`,
    sql: `SELECT AppDisplayName, count() FROM SigninLogs WHERE ${COMPANY} AND ${since('Day(1)')}
  AND arrayCount(p -> JSONExtractString(p, 'result') = 'notApplied', JSONExtractArrayRaw(ConditionalAccessPolicies)) = 2 GROUP BY AppDisplayName`,
  },
  {
    name: 'parse a message',
    kql: `AppServiceConsoleLogs | where TimeGenerated > ago(2d) | parse ResultDescription with "protected route access, user_id: " User ", email: " Email
| where isnotempty(User) | summarize count() by User, Email`,
    sql: `SELECT g[1] AS User, g[2] AS Email, count() FROM (
    SELECT extractGroups(ResultDescription, '(?s)^protected route access, user_id: (.*?), email: (.*)$') AS g FROM AppServiceConsoleLogs
    WHERE ${COMPANY} AND ${since('Day(2)')} AND startsWith(ResultDescription, 'protected route access, user_id: ')) WHERE notEmpty(g) GROUP BY User, Email`,
  },
  {
    name: 'make-series by the hour',
    kql: `SecurityEvent | where TimeGenerated > ago(7d) | make-series Events = count() default = 0 on TimeGenerated from ago(7d) to now() step 1h by LogonType`,
    sql: `SELECT LogonType, arrayMap(i -> counts[i], range(168)) AS Events FROM (
    SELECT LogonType, mapFromArrays(groupArray(slot), groupArray(n)) AS counts FROM (
      SELECT LogonType, toInt64(intDiv(dateDiff('second', {now:DateTime64(7, 'UTC')} - toIntervalDay(7), TimeGenerated), 3600)) AS slot, count() AS n FROM SecurityEvent
      WHERE ${COMPANY} AND ${since('Day(7)')} GROUP BY LogonType, slot) GROUP BY LogonType)`,
  },
  {
    name: 'summarize of a summarize',
    kql: `SecurityEvent | where TimeGenerated > ago(7d) | where EventID == 4625
| summarize Hourly = count() by TargetUserName, bin(TimeGenerated, 1h)
| summarize Average = avg(Hourly), Most = max(Hourly), Deviation = stdev(Hourly) by TargetUserName | where Most > Average + 2 * Deviation`,
    sql: `SELECT TargetUserName, avg(Hourly) AS Average, max(Hourly) AS Most, stddevSamp(Hourly) AS Deviation FROM (
    SELECT TargetUserName, toStartOfHour(TimeGenerated) AS hour, count() AS Hourly FROM SecurityEvent
    WHERE ${COMPANY} AND ${since('Day(7)')} AND EventID = 4625 GROUP BY TargetUserName, hour) GROUP BY TargetUserName HAVING Most > Average + 2 * Deviation`,
  },
  {
    name: 'search a word in two tables',
    kql: `search in (SigninLogs, AppServiceConsoleLogs) TimeGenerated > ago(1d) and "traceback" | summarize count() by $table`,
    sql: searchSql(),
  },
  {
    name: 'union of two tables',
    kql: `union (SigninLogs | project TimeGenerated, Address = IPAddress), (SecurityEvent | where EventID == 4625 | project TimeGenerated, Address = IpAddress)
| where TimeGenerated > ago(1d) | summarize Events = count() by Address | top 20 by Events`,
    sql: `SELECT Address, count() AS Events FROM (
    SELECT IPAddress AS Address FROM SigninLogs WHERE ${COMPANY} AND ${since('Day(1)')}
    UNION ALL SELECT IpAddress AS Address FROM SecurityEvent WHERE ${COMPANY} AND ${since('Day(1)')} AND EventID = 4625)
  GROUP BY Address ORDER BY Events DESC LIMIT 20`,
  },
  {
    name: 'a let used twice',
    kql: `let Daily = materialize(SigninLogs | where TimeGenerated > ago(7d) | summarize Count = count() by UserPrincipalName, Day = bin(TimeGenerated, 1d));
Daily | join kind=inner (Daily | summarize Usual = avg(Count) by UserPrincipalName) on UserPrincipalName | where Count > 3 * Usual | project UserPrincipalName, Day, Count`,
    sql: `SELECT UserPrincipalName, Day, Count FROM (
    SELECT UserPrincipalName, toStartOfDay(TimeGenerated) AS Day, count() AS Count, avg(count()) OVER (PARTITION BY UserPrincipalName) AS Usual FROM SigninLogs
    WHERE ${COMPANY} AND ${since('Day(7)')} GROUP BY UserPrincipalName, Day) WHERE Count > 3 * Usual`,
  },
  {
    name: 'one of several words in text',
    kql: `AppServiceConsoleLogs | where TimeGenerated > ago(7d) | where ResultDescription has_any ("traceback", "unauthorized", "denied") | summarize count() by Host`,
    sql: `SELECT Host, count() FROM AppServiceConsoleLogs WHERE ${COMPANY} AND ${since('Day(7)')}
  AND (hasTokenCaseInsensitive(ResultDescription, 'traceback') OR hasTokenCaseInsensitive(ResultDescription, 'unauthorized') OR hasTokenCaseInsensitive(ResultDescription, 'denied')) GROUP BY Host`,
  },
  {
    name: 'the row before, by user',
    kql: `SigninLogs | where TimeGenerated > ago(1d) | project UserPrincipalName, TimeGenerated, Location
| sort by UserPrincipalName asc, TimeGenerated asc
| extend Moved = prev(UserPrincipalName) == UserPrincipalName and prev(Location) != Location and TimeGenerated - prev(TimeGenerated) < 10m
| where Moved | summarize Moves = count() by UserPrincipalName`,
    sql: `SELECT UserPrincipalName, count() AS Moves FROM (
    SELECT UserPrincipalName, Location, TimeGenerated, lagInFrame(Location) OVER w AS before, lagInFrame(TimeGenerated) OVER w AS beforeAt, row_number() OVER w AS n FROM SigninLogs
    WHERE ${COMPANY} AND ${since('Day(1)')} WINDOW w AS (PARTITION BY UserPrincipalName ORDER BY TimeGenerated ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING))
  WHERE n > 1 AND before != Location AND dateDiff('second', beforeAt, TimeGenerated) < 600 GROUP BY UserPrincipalName`,
  },
];
