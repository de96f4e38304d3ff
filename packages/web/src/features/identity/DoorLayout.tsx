import { Stack, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import logo from '../../appearance/logo.svg';
import classes from './DoorLayout.module.css';

/** The frame of the pages before sign-in: the mark, one heading, one form. */
export function DoorLayout({
  title,
  description,
  children,
}: {
  readonly title: string;
  readonly description: ReactNode;
  readonly children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Gatehouse`;
  }, [title]);
  return (
    <main className={classes.door}>
      <Stack gap="lg" className={classes.card ?? ''}>
        <div>
          <img src={logo} alt="" width={40} height={40} />
          <Title order={1} size="h3" mt="sm">
            {title}
          </Title>
          <Text size="sm" c="dimmed" component="div">
            {description}
          </Text>
        </div>
        {children}
      </Stack>
    </main>
  );
}
