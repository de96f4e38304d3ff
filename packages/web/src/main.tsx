import '@mantine/core/styles.css';
import './appearance/global.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { surroundings } from './api/client.ts';
import { toApiError } from './api/errors.ts';
import { applyColorScheme, colorSchemeManager } from './appearance/colorScheme.ts';
import { publishNonce, readNonce } from './appearance/nonce.ts';
import { readableColors, theme } from './appearance/theme.ts';
import { sessionQuery } from './features/identity/session.ts';
import { makeRouter } from './router.tsx';

applyColorScheme(window);
const nonce = readNonce(document);
publishNonce(nonce);

const MOST_RETRIES = 2;
const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the server refused it refuses again; only what got no answer, or a 5xx, is worth another try.
      retry: (failures, error) => {
        const { status } = toApiError(error);
        return failures < MOST_RETRIES && (status === 0 || status >= 500);
      },
    },
  },
});
const router = makeRouter(queryClient);
surroundings.onSignedOut = () => {
  queryClient.clear();
  queryClient.setQueryData(sessionQuery.queryKey, null);
  void router.invalidate();
};

const container = document.getElementById('root');
if (container === null) throw new Error('the page has no #root');
createRoot(container).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={readableColors}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
      {...(nonce !== undefined && { getStyleNonce: () => nonce })}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
