import { createTransport } from 'nodemailer';

export interface Message {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Extra headers; names and values are checked for line breaks by the transport. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Mailer {
  /** Resolves with the server's answer when it took the message; rejects with the reason otherwise. Never retries: the caller keeps the delivery log. */
  send(message: Message): Promise<{ readonly response: string }>;
  /** False where no SMTP server is configured: a delivery then fails visibly. */
  readonly configured: boolean;
  close(): void;
}

export interface MailSettings {
  /** `smtp://user:password@host:587` or `smtps://host`; empty: no mail. */
  readonly smtpUrl: string;
  /** Sender, e.g. `Gatehouse <alerts@example.org>`. */
  readonly from: string;
}

/** Mail through one SMTP server, over a pool of at most two connections, each step bounded by 20 seconds. */
export function createMailer(settings: MailSettings): Mailer {
  if (settings.smtpUrl === '')
    return {
      configured: false,
      send: async () => {
        throw new Error('no SMTP server is configured (mail.smtp_url)');
      },
      close: () => undefined,
    };
  const url = new URL(settings.smtpUrl);
  const transport = createTransport({
    pool: true,
    maxConnections: 2,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port === '' ? (url.protocol === 'smtps:' ? 465 : 587) : url.port),
    secure: url.protocol === 'smtps:',
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    connectionTimeout: 20_000,
    greetingTimeout: 20_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    configured: true,
    send: async (message) => {
      const info = await transport.sendMail({
        from: settings.from,
        to: [...message.to],
        subject: message.subject,
        text: message.text,
        html: message.html,
        ...(message.headers === undefined ? {} : { headers: { ...message.headers } }),
      });
      return { response: info.response };
    },
    close: () => transport.close(),
  };
}
