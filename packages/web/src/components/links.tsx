import { Anchor, Button, type AnchorProps, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ComponentPropsWithRef } from 'react';

type AnchorElementProps<Look> = Look & Omit<ComponentPropsWithRef<'a'>, keyof Look>;

/** A link to a page of the console that looks like text. Its `to`, `params` and `search` are checked against the routes. */
export const AnchorLink = createLink((props: AnchorElementProps<AnchorProps>) => <Anchor {...props} />);

/** A link to a page of the console that looks like a button. */
export const ButtonLink = createLink((props: AnchorElementProps<ButtonProps>) => <Button component="a" {...props} />);
