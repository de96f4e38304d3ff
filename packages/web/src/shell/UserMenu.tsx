import { ActionIcon, Menu } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { Icon } from '../components/Icon.tsx';
import { useCompany } from '../features/identity/company.tsx';
import { useSignOut } from '../features/identity/session.ts';

/** Who is signed in, and the way out. */
export function UserMenu() {
  const { session } = useCompany();
  const signOut = useSignOut();
  const router = useRouter();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label="Account">
          <Icon name="user" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{session.user.email}</Menu.Label>
        <Menu.Item
          leftSection={<Icon name="exit" size={16} />}
          onClick={() => signOut.mutate(undefined, { onSuccess: () => router.history.push('/sign-in') })}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
