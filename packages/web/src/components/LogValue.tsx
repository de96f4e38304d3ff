import { memo } from 'react';
import { textOf, visibleText } from './visibleText.ts';
import classes from './LogValue.module.css';

/** A value out of a log, as text and nothing but text; long ones are cut by the style sheet, the whole stands in the title. */
export const LogValue = memo(function LogValue({
  value,
  wrap = false,
}: {
  readonly value: unknown;
  readonly wrap?: boolean;
}) {
  const text = textOf(value);
  if (text === '')
    return (
      <span className={classes.empty}>
        <span aria-hidden="true">–</span>
        <span className="visually-hidden">empty</span>
      </span>
    );
  const shown = visibleText(text, { keepLines: wrap });
  return (
    <span className={wrap ? classes.wrapped : classes.line} title={wrap ? undefined : shown.slice(0, 2000)} dir="auto">
      {shown}
    </span>
  );
});
