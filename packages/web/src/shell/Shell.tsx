import { AppShell, Burger, Group, NavLink, Text, VisuallyHidden } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import logo from '../appearance/logo.svg';
import { ZoneProvider } from '../appearance/preferences.tsx';
import { Icon } from '../components/Icon.tsx';
import { CompanyProvider, useCompany } from '../features/identity/company.tsx';
import type { Session } from '../api/types.ts';
import { CompanySwitch } from './CompanySwitch.tsx';
import { NAVIGATION } from './navigation.ts';
import { ViewMenu } from './ViewMenu.tsx';
import { UserMenu } from './UserMenu.tsx';

/** The frame around every page behind the sign-in. */
export function Shell({ session }: { readonly session: Session }) {
  return (
    <CompanyProvider session={session}>
      <ZonedFrame />
    </CompanyProvider>
  );
}

function ZonedFrame() {
  const { session, selected } = useCompany();
  return (
    <ZoneProvider companyZone={(selected ?? session.companies[0])?.timeZone}>
      <Frame />
    </ZoneProvider>
  );
}

function Frame() {
  const [opened, { toggle, close }] = useDisclosure();
  const { selected, may } = useCompany();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const main = useRef<HTMLElement>(null);
  const firstPage = useRef(true);
  useEffect(() => {
    close();
    // A new page is announced by moving the focus to it, as a full page load would; the first one is the browser's.
    if (firstPage.current) firstPage.current = false;
    else main.current?.focus({ preventScroll: true });
  }, [path, close]);
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to the page
      </a>
      <AppShell
        header={{ height: 56 }}
        navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }}
        padding={{ base: 'sm', sm: 'lg' }}
      >
        <AppShell.Header>
          <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
            <Group gap="sm" wrap="nowrap">
              <Burger
                opened={opened}
                onClick={toggle}
                hiddenFrom="sm"
                size="sm"
                aria-label="Menu"
                aria-expanded={opened}
              />
              <img src={logo} alt="" width={28} height={28} />
              <Text fw={700} visibleFrom="xs">
                Gatehouse
              </Text>
            </Group>
            <Group gap="xs" wrap="nowrap">
              <CompanySwitch />
              <ViewMenu />
              <UserMenu />
            </Group>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="xs" className={opened ? '' : 'closed-on-phones'}>
          <nav aria-label="Pages">
            {NAVIGATION.filter(({ permission }) => may(permission)).map(({ to, label, icon }) => (
              <NavLink
                key={to}
                component={Link}
                to={to}
                label={label}
                leftSection={<Icon name={icon} />}
                active={path === to || path.startsWith(`${to}/`)}
                aria-current={path === to ? 'page' : undefined}
                onClick={close}
                variant="light"
              />
            ))}
          </nav>
        </AppShell.Navbar>
        <AppShell.Main id="main" ref={main} tabIndex={-1}>
          <VisuallyHidden aria-live="polite">
            {selected === undefined ? '' : `Company: ${selected.name}`}
          </VisuallyHidden>
          {/* A new company is a new page: nothing read for the other one stays on the screen. */}
          <Outlet key={selected?.number ?? 'all'} />
        </AppShell.Main>
      </AppShell>
    </>
  );
}
