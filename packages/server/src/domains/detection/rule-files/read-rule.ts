import { parseDuration } from './duration.ts';
import { ENTITY_IDENTIFIERS } from './entities.ts';
import {
  SEVERITIES,
  type AlertDetails,
  type EntityMapping,
  type Grouping,
  type Rule,
  type TriggerOperator,
} from './rule.ts';
import { isRecord, text, textList } from './fields.ts';
import type { Source } from './source.ts';

const DAY_MS = 86_400_000;
/** Sentinel's floor is five minutes; ours is ten seconds, because nothing here bills by the run. */
export const DURATION_BOUNDS_MS = { min: 10_000, max: 14 * DAY_MS } as const;
/** A near-real-time rule has no schedule in its file: it is run every minute over the last minute, as Sentinel does. */
const NRT_MS = 60_000;

/** Fields whose meaning is another system's or a later one's: kept, shown, never read. */
const CARRIED = [
  'requiredDataConnectors',
  'tags',
  'metadata',
  'status',
  'incidentConfiguration',
  'sentinelEntitiesMappings',
  'subTechniques',
  'techniques',
  'templateVersion',
  'alertRuleTemplateName',
] as const;
const READ = [
  'id',
  'kind',
  'name',
  'description',
  'severity',
  'query',
  'queryFrequency',
  'queryPeriod',
  'triggerOperator',
  'triggerThreshold',
  'tactics',
  'relevantTechniques',
  'entityMappings',
  'customDetails',
  'alertDetailsOverride',
  'eventGroupingSettings',
  'suppressionEnabled',
  'suppressionDuration',
  'version',
  'enabled',
] as const;
const KNOWN: ReadonlySet<string> = new Set([...CARRIED, ...READ]);

/** Spellings of the trigger's operator: templates write the short ones, ARM and the API the long ones. */
const OPERATORS: Readonly<Record<string, TriggerOperator>> = {
  gt: 'gt',
  lt: 'lt',
  eq: 'eq',
  ne: 'ne',
  greaterthan: 'gt',
  lessthan: 'lt',
  equal: 'eq',
  notequal: 'ne',
};

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const COLUMN = /^[A-Za-z_]\w*$/;
const VERSION = /^\d+\.\d+\.\d+$/;

/**
 * Reads a Sentinel analytics rule, unchanged. What is wrong goes into `source.problems` with its line; undefined where an
 * error leaves no rule to run. Source: Sentinel analytics-rule template schema (`reference/standards.md`, section 1).
 */
export function readRule(source: Source): Rule | undefined {
  if (source.failed()) return undefined;
  const { root } = source;
  if (!isRecord(root)) return source.refuse([], 'must be a mapping of fields');
  for (const key of Object.keys(root))
    if (!KNOWN.has(key)) source.warn([key], 'is not a field of an analytics rule: ignored');

  const id = text(source, root, 'id', { pattern: [GUID, 'a GUID'] });
  const kind = text(source, root, 'kind', { choices: ['Scheduled', 'NRT'] });
  const name = text(source, root, 'name', { max: 256 });
  const description = text(source, root, 'description', { max: 5000 });
  const severity = text(source, root, 'severity', { choices: SEVERITIES });
  const query = text(source, root, 'query', { max: 10_000, keep: true });
  const schedule = kind === 'NRT' ? readNearRealTime(source, root) : readSchedule(source, root);
  const entityMappings = readEntityMappings(source, root.entityMappings);
  const rule = {
    tactics: textList(source, root, 'tactics'),
    techniques: textList(source, root, 'relevantTechniques'),
    entityMappings,
    customDetails: readCustomDetails(source, root.customDetails),
    alertDetails: readAlertDetails(source, root.alertDetailsOverride),
    grouping: readGrouping(source, root.eventGroupingSettings, entityMappings.length > 0),
    suppressionMs: readSuppression(source, root),
    version:
      text(source, root, 'version', { pattern: [VERSION, 'three numbers, e.g. 1.0.0'], fallback: '1.0.0' }) ?? '1.0.0',
    enabled: readFlag(source, root, 'enabled', true),
    carried: Object.fromEntries(CARRIED.filter((key) => key in root).map((key) => [key, root[key]])),
  };
  if (root.requiredDataConnectors === undefined)
    source.warn(['requiredDataConnectors'], 'is missing: Sentinel requires it, [] is enough');
  if (source.failed() || id === undefined || name === undefined || query === undefined || schedule === undefined)
    return undefined;
  if (kind === undefined || description === undefined || severity === undefined) return undefined;
  return {
    id: id.toLowerCase(),
    kind: kind as Rule['kind'],
    name,
    description,
    severity: severity as Rule['severity'],
    query,
    queryPlace: source.textPlace(['query']),
    ...schedule,
    ...rule,
  };
}

type Fields = Readonly<Record<string, unknown>>;
type Schedule = Pick<Rule, 'frequencyMs' | 'periodMs' | 'trigger'>;

function readNearRealTime(source: Source, root: Fields): Schedule {
  for (const key of ['queryFrequency', 'queryPeriod', 'triggerOperator', 'triggerThreshold'])
    if (key in root) source.warn([key], 'has no meaning in a rule of kind NRT: ignored');
  return { frequencyMs: NRT_MS, periodMs: NRT_MS, trigger: { operator: 'gt', threshold: 0 } };
}

function readSchedule(source: Source, root: Fields): Schedule | undefined {
  const frequencyMs = readDuration(source, root, 'queryFrequency');
  const periodMs = readDuration(source, root, 'queryPeriod');
  if (frequencyMs !== undefined && periodMs !== undefined && periodMs < frequencyMs)
    source.error(['queryPeriod'], 'is shorter than queryFrequency: events between two runs would never be looked at');
  const word = text(source, root, 'triggerOperator', {});
  const operator = word === undefined ? undefined : OPERATORS[word.toLowerCase()];
  if (word !== undefined && operator === undefined)
    source.error(
      ['triggerOperator'],
      `is ${JSON.stringify(word)}: must be gt, lt, eq or ne (or GreaterThan, LessThan, Equal, NotEqual)`,
    );
  const threshold = root.triggerThreshold;
  if (typeof threshold !== 'number' || !Number.isInteger(threshold) || threshold < 0 || threshold > 10_000)
    return source.refuse(['triggerThreshold'], 'must be a whole number from 0 to 10000');
  if (frequencyMs === undefined || periodMs === undefined || operator === undefined) return undefined;
  return { frequencyMs, periodMs, trigger: { operator, threshold } };
}

function readDuration(source: Source, root: Fields, key: string): number | undefined {
  const word = text(source, root, key, {});
  if (word === undefined) return undefined;
  const ms = parseDuration(word);
  if (ms === undefined) return source.refuse([key], `is ${JSON.stringify(word)}: must be like 5m, 1h, 1d or hh:mm:ss`);
  if (ms < DURATION_BOUNDS_MS.min || ms > DURATION_BOUNDS_MS.max || ms % 1000 !== 0)
    return source.refuse([key], `is ${word}: must be between 10 seconds and 14 days`);
  return ms;
}

function readEntityMappings(source: Source, value: unknown): readonly EntityMapping[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length === 0 || value.length > 10) {
    source.error(['entityMappings'], 'must be a list of 1 to 10 mappings');
    return [];
  }
  return value.flatMap((item: unknown, index): EntityMapping[] => {
    const path = ['entityMappings', index];
    if (!isRecord(item)) return source.refuse(path, 'must have entityType and fieldMappings', []);
    const entityType = item.entityType;
    if (typeof entityType !== 'string' || !(entityType in ENTITY_IDENTIFIERS))
      return source.refuse([...path, 'entityType'], `must be one of ${Object.keys(ENTITY_IDENTIFIERS).join(', ')}`, []);
    const fields = item.fieldMappings;
    if (!Array.isArray(fields) || fields.length < 1 || fields.length > 3)
      return source.refuse([...path, 'fieldMappings'], 'must be a list of 1 to 3 identifiers', []);
    return [
      {
        entityType,
        fieldMappings: fields.flatMap((field: unknown, at) =>
          readFieldMapping(source, [...path, 'fieldMappings', at], entityType, field, fields.slice(0, at)),
        ),
      },
    ];
  });
}

function readFieldMapping(
  source: Source,
  path: (string | number)[],
  entityType: string,
  field: unknown,
  before: unknown[],
) {
  const { identifier, columnName } = isRecord(field) ? field : {};
  if (typeof identifier !== 'string' || !ENTITY_IDENTIFIERS[entityType]?.includes(identifier))
    return source.refuse(
      [...path, 'identifier'],
      `must be an identifier of ${entityType}: ${ENTITY_IDENTIFIERS[entityType]?.join(', ') ?? ''}`,
      [],
    );
  if (before.some((other) => isRecord(other) && other.identifier === identifier))
    return source.refuse([...path, 'identifier'], `${identifier} is mapped twice`, []);
  if (typeof columnName !== 'string' || !COLUMN.test(columnName))
    return source.refuse([...path, 'columnName'], 'must be the name of a column', []);
  return [{ identifier, columnName }];
}

function readCustomDetails(source: Source, value: unknown): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  if (!isRecord(value) || Object.keys(value).length > 20)
    return source.refuse(['customDetails'], 'must be up to 20 pairs of a name and a column', {});
  const details: Record<string, string> = {};
  for (const [key, column] of Object.entries(value)) {
    if (!/^[A-Za-z]\w{0,19}$/.test(key))
      source.error(['customDetails', key], 'must be a name of up to 20 letters, digits and _');
    else if (typeof column !== 'string' || !COLUMN.test(column))
      source.error(['customDetails', key], 'must be the name of a column');
    else details[key] = column;
  }
  return details;
}

function readAlertDetails(source: Source, value: unknown): AlertDetails {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) return source.refuse(['alertDetailsOverride'], 'must be a mapping of fields', {});
  const known = [
    'alertDisplayNameFormat',
    'alertDescriptionFormat',
    'alertSeverityColumnName',
    'alertTacticsColumnName',
    'alertDynamicProperties',
  ];
  for (const key of Object.keys(value))
    if (!known.includes(key)) source.warn(['alertDetailsOverride', key], 'is not known here: ignored');
  const format = (key: string, max: number): string | undefined => {
    const written = value[key];
    if (written === undefined || written === null) return undefined;
    if (typeof written !== 'string' || written.length === 0 || written.length > max)
      return source.refuse(['alertDetailsOverride', key], `must be a text of 1 to ${max} characters`);
    if ((written.match(/\{\{[^{}]*\}\}/g) ?? []).length > 3)
      return source.refuse(['alertDetailsOverride', key], 'has more than 3 {{Column}} placeholders');
    return written;
  };
  const column = (key: string): string | undefined => {
    const written = value[key];
    if (written === undefined || written === null) return undefined;
    return typeof written === 'string' && COLUMN.test(written)
      ? written
      : source.refuse(['alertDetailsOverride', key], 'must be the name of a column');
  };
  return withoutUndefined({
    displayNameFormat: format('alertDisplayNameFormat', 256),
    descriptionFormat: format('alertDescriptionFormat', 5000),
    severityColumn: column('alertSeverityColumnName'),
    tacticsColumn: column('alertTacticsColumnName'),
  });
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function readGrouping(source: Source, value: unknown, mapsEntities: boolean): Grouping {
  const byResult: Grouping = mapsEntities ? 'entities' : 'columns';
  if (value === undefined || value === null) return mapsEntities ? 'entities' : 'single';
  const kind = isRecord(value) ? value.aggregationKind : undefined;
  if (kind === 'SingleAlert') return 'single';
  if (kind === 'AlertPerResult') return byResult;
  source.error(['eventGroupingSettings', 'aggregationKind'], 'must be SingleAlert or AlertPerResult');
  return byResult;
}

function readSuppression(source: Source, root: Fields): number | undefined {
  const enabled = readFlag(source, root, 'suppressionEnabled', false);
  if (root.suppressionDuration === undefined)
    return enabled ? source.refuse(['suppressionEnabled'], 'needs suppressionDuration') : undefined;
  const word = text(source, root, 'suppressionDuration', {});
  const ms = word === undefined ? undefined : parseDuration(word);
  if (ms === undefined || ms <= 0 || ms > DAY_MS)
    return source.refuse(['suppressionDuration'], 'must be a duration of up to 24 hours');
  return enabled ? ms : undefined;
}

function readFlag(source: Source, root: Fields, key: string, fallback: boolean): boolean {
  const value = root[key];
  if (value === undefined || value === null) return fallback;
  if (typeof value === 'boolean') return value;
  return source.refuse([key], 'must be true or false', fallback);
}
