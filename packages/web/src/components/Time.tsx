import { Fragment } from 'react';
import { useZone } from '../appearance/preferences.tsx';
import { formatAgo, formatTime, formatUtc, toEpochMs } from '../appearance/time.ts';
import { LogValue } from './LogValue.tsx';

/**
 * A moment in the zone that the reader chose, the exact one in UTC in its title. What is no time is shown as it came.
 * The browser's own title and no floating box: a page holds hundreds of these.
 */
export function Time({ at, ago = false }: { readonly at: unknown; readonly ago?: boolean }) {
  const { zone } = useZone();
  const epochMs = toEpochMs(at);
  if (epochMs === undefined) return <LogValue value={at} />;
  const shown = formatTime(epochMs, zone);
  const parts = ago ? [formatAgo(epochMs, Date.now())] : shown.split(' ');
  return (
    <time
      dateTime={Math.abs(epochMs) > 8.64e15 ? undefined : new Date(epochMs).toISOString()}
      title={ago ? `${shown} (${zone}) · ${formatUtc(epochMs)}` : formatUtc(epochMs)}
      className="tabular"
    >
      {parts.map((part, index) => (
        <Fragment key={part}>
          {index > 0 && ' '}
          <span>{part}</span>
        </Fragment>
      ))}
    </time>
  );
}
