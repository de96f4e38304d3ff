/** One message of an event stream (HTML Living Standard, section 9.2.6 "Interpreting an event stream"). */
export interface StreamMessage {
  readonly data: string;
}

/**
 * Reads the text of an event stream as it comes, in whatever pieces. Only what our server sends is read: `data`, `id`, `retry` and
 * comments; event names are not.
 */
export class EventStreamReader {
  /** Where the stream stands; sent as `Last-Event-ID` to go on without a gap. */
  lastEventId = '';
  /** What the server asks to wait before coming back, in milliseconds. */
  retryMs: number | undefined;
  #rest = '';
  #data: string[] = [];
  /** The id of the message that is being read; it counts once the message is whole. */
  #id: string | undefined;

  /** Takes a piece and gives the messages that it completed. */
  read(piece: string): readonly StreamMessage[] {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line: string): readonly StreamMessage[] {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.#data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value);
    return [];
  }

  #dispatch(): readonly StreamMessage[] {
    if (this.#id !== undefined) this.lastEventId = this.#id;
    this.#id = undefined;
    if (this.#data.length === 0) return [];
    const message = { data: this.#data.join('\n') };
    this.#data = [];
    return [message];
  }

  /** Forgets a message that was cut off; the place stays. */
  restart(): void {
    this.#rest = '';
    this.#data = [];
    this.#id = undefined;
  }
}
