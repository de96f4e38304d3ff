/** A query of about a hundred lines, as hunters build them: a let for each suspicion, joined at the end. */
export function hundredLines(): string {
  const suspicions = Array.from(
    { length: 11 },
    (_, index) => `let suspicion${index} = SigninLogs
| where TimeGenerated > ago(${index + 1}h)
| where ResultType != "0" and UserPrincipalName has "user${index}"
| extend City = tostring(LocationDetails.city), Device = tostring(DeviceDetail.deviceId)
| summarize Failures${index} = count(), Addresses = make_set(IPAddress, 20) by UserPrincipalName, bin(TimeGenerated, 15m)
| where Failures${index} > ${index}
| extend Score = iff(Failures${index} > 10, 2, 1)
| project-reorder UserPrincipalName, Score
| sort by Score desc;
`,
  );
  return `${suspicions.join('')}suspicion0 | join kind=inner (suspicion1) on UserPrincipalName`;
}
