import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const gate: MantineColorsTuple = [
  '#eef4ff',
  '#dbe7fe',
  '#bdd3fd',
  '#92b6fb',
  '#6796f7',
  '#4377f0',
  '#2b5ce0',
  '#2149c0',
  '#1e3d9b',
  '#1d367c',
];

const slate: MantineColorsTuple = [
  '#d5dce6',
  '#b4bfcd',
  '#93a1b3',
  '#66758a',
  '#404d5e',
  '#2f3a49',
  '#232c39',
  '#18202b',
  '#121922',
  '#0c1118',
];

/** One look for every page. Only what differs from the library's own look stands here. */
export const theme = createTheme({
  primaryColor: 'gate',
  primaryShade: { light: 6, dark: 6 },
  colors: { gate, dark: slate },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Table: { defaultProps: { verticalSpacing: 6, fz: 'sm' } },
    Modal: {
      defaultProps: {
        closeButtonProps: { 'aria-label': 'Close' },
        // A dialog's head is no second banner of the page.
        attributes: { header: { role: 'presentation' } },
      },
    },
    NavLink: { defaultProps: { style: { borderRadius: 'var(--mantine-radius-sm)' } } },
  },
});

/** Texts that the library sets paler than WCAG 2.2's 4.5:1 (success criterion 1.4.3), set right. */
export const readableColors: CSSVariablesResolver = (current) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#515b68',
    '--mantine-color-placeholder': '#626c7a',
    '--mantine-color-error': '#c02626',
    '--mantine-color-anchor': current.colors.gate?.[7] ?? '#2149c0',
    '--mantine-color-gate-light-color': current.colors.gate?.[8] ?? '#1e3d9b',
  },
  dark: {
    '--mantine-color-dimmed': '#a3afbf',
    '--mantine-color-placeholder': '#93a1b3',
    '--mantine-color-error': '#ff8f8f',
    '--mantine-color-anchor': current.colors.gate?.[3] ?? '#92b6fb',
    '--mantine-color-gate-light-color': current.colors.gate?.[2] ?? '#bdd3fd',
  },
});
