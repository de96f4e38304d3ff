/** Outlines on a 24 × 24 grid, drawn for this console. One row an icon. */
const OUTLINES = {
  live: 'M3 12h4l3-8 4 16 3-8h4',
  alert: 'M12 3 2.5 20h19zM12 10v4M12 17v.01',
  query: 'm5 8 4 4-4 4M12 17h7',
  rule: 'M6 4h12v16l-6-4-6 4zM9 9h6',
  function: 'M17 4c-3-1-5 0-5.5 3L9 18c-.6 2.5-2 3-4 2M7 10h9',
  list: 'M8 6h12M8 12h12M8 18h12M4 6v.01M4 12v.01M4 18v.01',
  bell: 'M6 17V11a6 6 0 0 1 12 0v6l2 1H4zM10 21h4',
  send: 'M21 3 3 11l7 3 3 7zM10 14l5-5',
  key: 'M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8M11 12l9-9M16 7l3 3M13.5 9.5l2 2',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M19 5l-1.4 1.4M6.4 17.6 5 19',
  moon: 'M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10',
  screen: 'M3 5h18v11H3zM9 20h6M12 16v4',
  user: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 21c0-4 3.5-6 8-6s8 2 8 6',
  machine: 'M4 5h16v10H4zM2 19h20',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3 2',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 4.5v15l12-7.5z',
  stop: 'M6 6h12v12H6z',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  check: 'm5 12 5 5L20 6',
  cross: 'M6 6l12 12M18 6 6 18',
  plus: 'M12 5v14M5 12h14',
  right: 'm9 5 7 7-7 7',
  left: 'm15 5-7 7 7 7',
  down: 'm5 9 7 7 7-7',
  exit: 'M14 4h6v16h-6M10 8l-4 4 4 4M6 12h10',
  company: 'M4 21V5l8-2v18M12 9h8v12M2 21h20M8 8v.01M8 12v.01M8 16v.01M16 13v.01M16 17v.01',
  inbox: 'M4 4h16v16H4zM4 14h5l1.5 3h3L15 14h5',
} as const;

export type IconName = keyof typeof OUTLINES;

/** A decorative outline in the colour of the text beside it; screen readers are not told of it. */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={OUTLINES[name]} />
    </svg>
  );
}
