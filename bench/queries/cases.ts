/** One kind of query that rules use: the KQL, and the SQL somebody who knows the engine and the tables would write for it. */
export interface BenchCase {
  readonly name: string;
  readonly kql: string;
  /** Bound: `companies`, and `now` as DateTime64(7). */
  readonly sql: string;
}

const COMPANY = 'CompanyId IN {companies:Array(UInt32)}';
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
];
