import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * Webhook secrets at rest: AES-256-GCM under a key derived for this purpose alone; the group's id is authenticated along, so a
 * sealed secret opens for no other group. Form: `v1.<iv>.<tag>.<ciphertext>`, base64url.
 */
export interface SecretBox {
  seal(groupId: string, secret: string): string;
  /** @throws Error where the key is another one or the text was changed. */
  open(groupId: string, sealed: string): string;
}

const VERSION = 'v1';
const IV_BYTES = 12;

export function createSecretBox(key: Buffer): SecretBox {
  return {
    seal(groupId, secret) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(groupId));
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return [VERSION, ...[iv, cipher.getAuthTag(), text].map((part) => part.toString('base64url'))].join('.');
    },
    open(groupId, sealed) {
      const [version, iv, tag, text] = sealed.split('.');
      if (version !== VERSION || iv === undefined || tag === undefined || text === undefined)
        throw new Error('not a sealed secret');
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), { authTagLength: 16 });
      decipher.setAAD(Buffer.from(groupId)).setAuthTag(Buffer.from(tag, 'base64url'));
      return Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]).toString('utf8');
    },
  };
}

/** A new secret of 256 bits, as its receiver keeps it. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64url')}`;
}
