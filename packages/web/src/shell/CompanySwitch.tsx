import { NativeSelect, Text } from '@mantine/core';
import { useCompany } from '../features/identity/company.tsx';

const ALL = 'all';

/** Which company the pages show. A user of one company sees its name. */
export function CompanySwitch() {
  const { session, selected, select } = useCompany();
  if (session.companies.length === 1)
    return (
      <Text size="sm" c="dimmed" truncate maw={180}>
        {session.companies[0]?.name}
      </Text>
    );
  return (
    <NativeSelect
      aria-label="Company"
      size="sm"
      maw={200}
      value={selected === undefined ? ALL : String(selected.number)}
      onChange={(event) => select(event.currentTarget.value === ALL ? undefined : Number(event.currentTarget.value))}
      data={[
        { value: ALL, label: 'All companies' },
        ...session.companies.map((company) => ({ value: String(company.number), label: company.name })),
      ]}
    />
  );
}
