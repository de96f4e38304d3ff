import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { ErrorNotice, PageLoading } from './components/notices.tsx';
import { Page } from './components/Page.tsx';
import { localPath } from './shell/localPath.ts';
import { NotFoundPage } from './shell/NotFoundPage.tsx';
import { sessionQuery, setupQuery } from './features/identity/session.ts';

/** Every page and its address, in one list. A page's code is loaded when it is first opened. */
const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
});

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('./features/identity/SetupPage.tsx'), 'SetupPage'),
  beforeLoad: async ({ context }) => {
    const { required } = await context.queryClient.query(setupQuery);
    if (!required) redirect({ to: '/sign-in', throw: true });
  },
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./features/identity/SignInPage.tsx'), 'SignInPage'),
  validateSearch: (search: Record<string, unknown>): { from?: string } => {
    const from = localPath(search.from);
    return from === undefined ? {} : { from };
  },
});

/** Everything behind the sign-in. */
const console = createRoute({
  getParentRoute: () => root,
  id: 'console',
  component: lazyRouteComponent(() => import('./shell/SignedInShell.tsx'), 'SignedInShell'),
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.query({ ...sessionQuery, staleTime: 'static' });
    if (session !== null) return { session };
    const { required } = await context.queryClient.query(setupQuery);
    if (required) redirect({ to: '/setup', throw: true });
    redirect({
      to: '/sign-in',
      search: location.pathname === '/' ? {} : { from: location.href },
      throw: true,
    });
    throw new TypeError('redirect() with throw: true came back');
  },
});

const home = createRoute({
  getParentRoute: () => console,
  path: '/',
  beforeLoad: () => {
    redirect({ to: '/live', throw: true });
  },
});

const live = createRoute({
  getParentRoute: () => console,
  path: '/live',
  component: lazyRouteComponent(() => import('./features/events/LivePage.tsx'), 'LivePage'),
});

const alerts = createRoute({
  getParentRoute: () => console,
  path: '/alerts',
  component: lazyRouteComponent(() => import('./features/detection/AlertsPage.tsx'), 'AlertsPage'),
  validateSearch: (search: Record<string, unknown>): { status?: string; severity?: string } => ({
    ...(typeof search.status === 'string' && { status: search.status }),
    ...(typeof search.severity === 'string' && { severity: search.severity }),
  }),
});

const alert = createRoute({
  getParentRoute: () => console,
  path: '/alerts/$alertId',
  component: lazyRouteComponent(() => import('./features/detection/AlertPage.tsx'), 'AlertPage'),
});

const query = createRoute({
  getParentRoute: () => console,
  path: '/query',
  component: lazyRouteComponent(() => import('./features/query/QueryPage.tsx'), 'QueryPage'),
  validateSearch: (search: Record<string, unknown>): { query?: string; timespan?: string } => ({
    ...(typeof search.query === 'string' && { query: search.query }),
    ...(typeof search.timespan === 'string' && { timespan: search.timespan }),
  }),
});

const rules = createRoute({
  getParentRoute: () => console,
  path: '/rules',
  component: lazyRouteComponent(() => import('./features/detection/RulesPage.tsx'), 'RulesPage'),
});

const functions = createRoute({
  getParentRoute: () => console,
  path: '/functions',
  component: lazyRouteComponent(() => import('./features/library/FunctionsPage.tsx'), 'FunctionsPage'),
});

const watchlists = createRoute({
  getParentRoute: () => console,
  path: '/watchlists',
  component: lazyRouteComponent(() => import('./features/library/WatchlistsPage.tsx'), 'WatchlistsPage'),
});

const actionGroups = createRoute({
  getParentRoute: () => console,
  path: '/action-groups',
  component: lazyRouteComponent(() => import('./features/response/ActionGroupsPage.tsx'), 'ActionGroupsPage'),
});

const deliveries = createRoute({
  getParentRoute: () => console,
  path: '/deliveries',
  component: lazyRouteComponent(() => import('./features/response/DeliveriesPage.tsx'), 'DeliveriesPage'),
});

const keys = createRoute({
  getParentRoute: () => console,
  path: '/keys',
  component: lazyRouteComponent(() => import('./features/identity/KeysPage.tsx'), 'KeysPage'),
});

const routeTree = root.addChildren([
  setup,
  signIn,
  console.addChildren([home, live, alerts, alert, query, rules, functions, watchlists, actionGroups, deliveries, keys]),
]);

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPendingComponent: PageLoading,
    defaultErrorComponent: ({ error, reset }) => (
      <Page title="Something went wrong">
        <ErrorNotice error={error} title="This page cannot be shown" onRetry={reset} />
      </Page>
    ),
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
