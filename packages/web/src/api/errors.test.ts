import { describe, expect, it } from 'vitest';
import { ApiError, readApiError, toApiError } from './errors.ts';

describe('readApiError', () => {
  it('reads code, message, details and request id', () => {
    const error = readApiError(400, {
      error: {
        code: 'BAD_FIELD',
        message: 'No.',
        details: [{ field: '/email', reason: 'is no address' }],
        requestId: 'r-1',
      },
    });
    expect(error).toMatchObject({ code: 'BAD_FIELD', status: 400, message: 'No.', requestId: 'r-1' });
    expect(error.reasonFor('email')).toBe('is no address');
    const part = { field: '/recipients/0', reason: 'is not a mail address' };
    expect(readApiError(400, { error: { message: 'm', details: [part] } }).reasonFor('recipients')).toBe(part.reason);
    expect(error.reasonFor('name')).toBeUndefined();
  });

  it.each([undefined, null, '', '<html>502</html>', [], { error: 'text' }, { error: { code: 7 } }])(
    'turns an unreadable body into a sentence: %j',
    (body) => {
      const error = readApiError(502, body);
      expect(error.code).toBe('UNREADABLE_ANSWER');
      expect(error.message).toBe('The server answered 502 without saying why.');
    },
  );

  it('drops details that are none', () => {
    const error = readApiError(400, { error: { code: 'X', message: 'm', details: [null, 1, { field: 'a' }] } });
    expect(error.details).toEqual([]);
  });
});

describe('toApiError', () => {
  it('keeps an ApiError, and says that the server is out of reach when the request never got an answer', () => {
    const error = new ApiError({ code: 'A', status: 500, message: 'm' });
    expect(toApiError(error)).toBe(error);
    expect(toApiError(new TypeError('Failed to fetch'))).toMatchObject({ code: 'UNREACHABLE', status: 0 });
    expect(toApiError('thrown text')).toMatchObject({ code: 'CONSOLE_ERROR' });
  });
});
