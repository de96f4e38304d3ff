import { ActionIcon, Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { useZone } from '../appearance/preferences.tsx';
import { ZONE_CHOICES, type ZoneChoice } from '../appearance/time.ts';
import { Icon } from '../components/Icon.tsx';

const SCHEMES = [
  { value: 'auto', label: 'As the system', icon: 'screen' },
  { value: 'light', label: 'Light', icon: 'sun' },
  { value: 'dark', label: 'Dark', icon: 'moon' },
] as const;

const ZONE_LABELS: Record<ZoneChoice, string> = {
  browser: "This browser's zone",
  company: "The company's zone",
  utc: 'UTC',
};

/** How the console looks and by which clock it tells the time. */
export function ViewMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { choice, zone, choose } = useZone();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label="Theme and time zone">
          <Icon name="sun" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Theme</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
          {SCHEMES.map(({ value, label, icon }) => (
            <Menu.RadioItem key={value} value={value} rightSection={<Icon name={icon} size={16} />}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>Times in {zone}</Menu.Label>
        <Menu.RadioGroup value={choice} onChange={(value) => choose(value as ZoneChoice)}>
          {ZONE_CHOICES.map((value) => (
            <Menu.RadioItem key={value} value={value} rightSection={<Icon name="clock" size={16} />}>
              {ZONE_LABELS[value]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
