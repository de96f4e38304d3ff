import { localStorageColorSchemeManager } from '@mantine/core';

const STORAGE_KEY = 'gatehouse-color-scheme';

export const colorSchemeManager = localStorageColorSchemeManager({ key: STORAGE_KEY });

/** Sets the scheme before the first paint, so that a dark page never flashes white; an inline script may not run here. */
export function applyColorScheme(window: Window): void {
  const chosen = colorSchemeManager.get('auto');
  const dark = chosen === 'dark' || (chosen === 'auto' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  window.document.documentElement.dataset.mantineColorScheme = dark ? 'dark' : 'light';
}
