import { LogValue } from './LogValue.tsx';
import { textOf } from './visibleText.ts';
import { Time } from './Time.tsx';
import classes from './RowFields.module.css';

const TIME_NAME = /Time(?:Generated|stamp)?$|^IngestedAt$/;

/** Every field of a row that holds something, names beside values. */
export function RowFields({ row }: { readonly row: Readonly<Record<string, unknown>> }) {
  const fields = Object.entries(row).filter(([, value]) => textOf(value) !== '');
  return (
    <dl className={classes.fields}>
      {fields.map(([name, value]) => (
        <div key={name} className={classes.field}>
          <dt>{name}</dt>
          <dd>{TIME_NAME.test(name) ? <Time at={value} /> : <LogValue value={value} wrap />}</dd>
        </div>
      ))}
    </dl>
  );
}
