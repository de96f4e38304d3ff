import type { IconName } from '../components/Icon.tsx';

/** The pages of the console in the order of the menu, each with the permission without which it would only show a refusal. */
export const NAVIGATION = [
  { to: '/live', label: 'Live events', icon: 'live', permission: 'events.read' },
  { to: '/alerts', label: 'Alerts', icon: 'alert', permission: 'alerts.read' },
  { to: '/query', label: 'Query', icon: 'query', permission: 'query.run' },
  { to: '/rules', label: 'Rules', icon: 'rule', permission: 'rules.read' },
  { to: '/functions', label: 'Functions', icon: 'function', permission: 'library.read' },
  { to: '/watchlists', label: 'Watchlists', icon: 'list', permission: 'library.read' },
  { to: '/action-groups', label: 'Action groups', icon: 'bell', permission: 'actions.read' },
  { to: '/deliveries', label: 'Deliveries', icon: 'send', permission: 'actions.read' },
  { to: '/keys', label: 'API keys', icon: 'key', permission: 'keys.manage' },
] as const satisfies readonly { to: string; label: string; icon: IconName; permission: string }[];
