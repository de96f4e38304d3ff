import { Alert, Stack, Text } from '@mantine/core';
import { toApiError } from '../../api/errors.ts';
import { ErrorNotice } from '../../components/notices.tsx';
import { visibleText } from '../../components/visibleText.ts';
import { readKqlErrors } from './kqlErrors.ts';
import classes from './QueryError.module.css';

/** What is wrong with a query: every place with its line and carets; anything else as every page shows it. */
export function QueryError({ error }: { readonly error: unknown }) {
  const problem = toApiError(error);
  const places = readKqlErrors(problem.body);
  if (places.length === 0) return <ErrorNotice error={error} title="The query did not run" />;
  return (
    <Alert color="red" variant="outline" title="The query is not valid" role="alert" className="notice">
      <Stack gap="sm">
        {places.map((place) => (
          <div key={`${place.line}:${place.column}:${place.code}:${place.message}`}>
            <Text size="sm">
              {visibleText(place.message)}
              {place.suggestion !== undefined && ` Did you mean ${visibleText(place.suggestion)}?`}{' '}
              <Text span c="dimmed" size="xs">
                line {place.line}, column {place.column} · {place.code}
              </Text>
            </Text>
            <pre className={classes.frame} tabIndex={0} aria-label="Place of the error">
              {visibleText(place.frame, { keepLines: true })}
            </pre>
          </div>
        ))}
        {problem.requestId !== undefined && (
          <Text size="xs" c="dimmed">
            request {problem.requestId}
          </Text>
        )}
      </Stack>
    </Alert>
  );
}
