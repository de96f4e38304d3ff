import type { IconName } from '../components/Icon.tsx';

/** The pages of the console in the order of the menu. */
export const NAVIGATION = [
  { to: '/live', label: 'Live events', icon: 'live' },
  { to: '/alerts', label: 'Alerts', icon: 'alert' },
  { to: '/query', label: 'Query', icon: 'query' },
  { to: '/rules', label: 'Rules', icon: 'rule' },
  { to: '/action-groups', label: 'Action groups', icon: 'bell' },
  { to: '/deliveries', label: 'Deliveries', icon: 'send' },
  { to: '/keys', label: 'API keys', icon: 'key' },
] as const satisfies readonly { to: string; label: string; icon: IconName }[];
