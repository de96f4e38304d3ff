import { useRouteContext } from '@tanstack/react-router';
import { Shell } from './Shell.tsx';

/** The shell for whoever the route's guard found signed in; another user gets a fresh one. */
export function SignedInShell() {
  const { session } = useRouteContext({ from: '/console' });
  return <Shell key={session.user.id} session={session} />;
}
