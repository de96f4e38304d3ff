import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface Mailbox {
  readonly url: string;
  /** What arrived, in order, with the envelope's recipients. */
  readonly mails: readonly (Email & { readonly to_: readonly string[] })[];
  /** Recipients that the server refuses for good (550). */
  readonly refused: Set<string>;
  close(): Promise<void>;
}

/** A real SMTP server on a port of its own. */
export async function openMailbox(port = 0): Promise<Mailbox> {
  const mails: (Email & { to_: readonly string[] })[] = [];
  const refused = new Set<string>();
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    logger: false,
    onRcptTo(address, _session, done) {
      done(refused.has(address.address) ? Object.assign(new Error('no such user here'), { responseCode: 550 }) : null);
    },
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        void PostalMime.parse(Buffer.concat(parts)).then((mail) => {
          mails.push({ ...mail, to_: session.envelope.rcptTo.map(({ address }) => address) });
          done();
        });
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    mails,
    refused,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
