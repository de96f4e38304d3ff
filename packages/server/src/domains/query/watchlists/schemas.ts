import { Type } from 'typebox';
import { KQL_TYPES } from '@gatehouse/schema';

const TimestampMs = Type.Integer({ description: 'Epoch milliseconds.' });
const TimestampOrNull = Type.Union([TimestampMs, Type.Null()]);
const ColumnShape = Type.Object({ name: Type.String(), type: Type.String() });

const PROPERTIES = {
  displayName: Type.Optional(Type.String({ maxLength: 200, description: 'Default: the alias.' })),
  description: Type.Optional(Type.String({ maxLength: 4000 })),
  owner: Type.Optional(Type.String({ maxLength: 254, description: 'Default: who makes it.' })),
  expiresAt: Type.Optional(
    Type.Union([TimestampMs, Type.Null()], { description: 'From then on queries find nothing in it.' }),
  ),
};

const CSV_OPTIONS = {
  searchKey: Type.Optional(Type.String({ maxLength: 128, description: 'Default: the first column.' })),
  types: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: `KQL types by column (${KQL_TYPES.join(', ')}); a text otherwise.`,
    }),
  ),
};

const Csv = Type.String({
  description: 'RFC 4180 with a header; the column _ExpiresAt (ISO 8601) says when an item expires.',
});

export const ListBody = Type.Object(
  {
    alias: Type.String({ minLength: 1, maxLength: 128 }),
    ...PROPERTIES,
    ...CSV_OPTIONS,
    csv: Type.Optional(Csv),
    columns: Type.Optional(Type.Array(ColumnShape, { maxItems: 50, description: 'Of a list that begins empty.' })),
    global: Type.Optional(
      Type.Boolean({ description: 'For every company; only global administrators make such ones.' }),
    ),
  },
  { additionalProperties: false, title: 'NewWatchlist' },
);

export const ListChange = Type.Object(PROPERTIES, { additionalProperties: false, title: 'WatchlistChange' });

export const UploadBody = Type.Object(
  {
    csv: Csv,
    mode: Type.Enum(['replace', 'merge'], {
      default: 'replace',
      description: 'merge: items whose key the CSV has are replaced, the others stay.',
    }),
    version: Type.Optional(Type.Integer({ minimum: 1, description: 'The version that the caller has seen.' })),
    ...CSV_OPTIONS,
  },
  { additionalProperties: false, title: 'WatchlistUpload' },
);

export const PreviewBody = Type.Object(
  { csv: Csv, ...CSV_OPTIONS },
  { additionalProperties: false, title: 'WatchlistPreviewRequest' },
);

export const PreviewShape = Type.Object(
  {
    columns: Type.Array(ColumnShape),
    searchKey: Type.String(),
    items: Type.Integer(),
    rows: Type.Array(Type.Array(Type.String()), { description: 'The first ones.' }),
    problems: Type.Array(Type.String()),
  },
  { title: 'WatchlistPreview' },
);

export const ItemBody = Type.Object(
  {
    values: Type.Record(Type.String(), Type.String()),
    expiresAt: Type.Optional(TimestampOrNull),
  },
  { additionalProperties: false, title: 'WatchlistItemDraft' },
);

export const ItemParams = Type.Object({
  id: Type.String({ minLength: 36, maxLength: 36 }),
  item: Type.String({ minLength: 36, maxLength: 36 }),
});

export const ItemsQuery = Type.Object({
  company: Type.Optional(Type.String({ maxLength: 40 })),
  search: Type.Optional(Type.String({ maxLength: 200 })),
  cursor: Type.Optional(Type.String({ maxLength: 40_000 })),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
});

export const ItemShape = Type.Object(
  {
    id: Type.String(),
    key: Type.String(),
    values: Type.Record(Type.String(), Type.String()),
    expiresAt: TimestampOrNull,
    updatedAt: TimestampMs,
  },
  { title: 'WatchlistItem' },
);
export const ItemListShape = Type.Object({
  items: Type.Array(ItemShape),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

export const ListShape = Type.Object(
  {
    id: Type.String(),
    company: Type.Union([Type.Integer(), Type.Null()], { description: 'The company’s number; null: every company.' }),
    alias: Type.String(),
    displayName: Type.String(),
    description: Type.String(),
    owner: Type.String(),
    expiresAt: TimestampOrNull,
    searchKey: Type.String(),
    columns: Type.Array(ColumnShape),
    items: Type.Integer(),
    version: Type.Integer(),
    createdAt: TimestampMs,
    updatedAt: TimestampMs,
    updatedBy: Type.String(),
    deletedAt: TimestampOrNull,
  },
  { title: 'Watchlist' },
);
export const ListsShape = Type.Object({ watchlists: Type.Array(ListShape) });
export const ListVersionsShape = Type.Object({
  versions: Type.Array(
    Type.Object(
      {
        version: Type.Integer(),
        items: Type.Integer(),
        searchKey: Type.String(),
        columns: Type.Array(ColumnShape),
        action: Type.String(),
        madeBy: Type.String(),
        madeAt: TimestampMs,
      },
      { title: 'WatchlistVersion' },
    ),
  ),
});
