import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import { generate } from 'selfsigned';

const VALID_DAYS = 397;

export interface CertificateFiles {
  readonly certfile: string;
  readonly keyfile: string;
}

/** A self-signed certificate for this machine in `<data>/certs`, made anew when the one there has expired or names other hosts. */
export async function makeDevelopmentCertificate(dataFolder: string, host: string): Promise<CertificateFiles> {
  const folder = path.join(dataFolder, 'certs');
  const files = { certfile: path.join(folder, 'dev-cert.pem'), keyfile: path.join(folder, 'dev-key.pem') };
  const names = [
    ...new Set(['localhost', hostname(), '127.0.0.1', '::1', ...(/^(0\.0\.0\.0|::)$/.test(host) ? [] : [host])]),
  ];
  if (existsSync(files.certfile) && existsSync(files.keyfile) && covers(readFileSync(files.certfile, 'utf8'), names))
    return files;
  const notBefore = new Date();
  const pems = await generate([{ name: 'commonName', value: 'Gatehouse development' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: notBefore,
    notAfterDate: new Date(notBefore.getTime() + VALID_DAYS * 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name })),
      },
    ],
  });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(files.keyfile, pems.private, { mode: 0o600 });
  writeFileSync(files.certfile, pems.cert, { mode: 0o644 });
  return files;
}

function covers(pem: string, names: readonly string[]): boolean {
  const certificate = new X509Certificate(pem);
  return (
    Date.parse(certificate.validTo) > Date.now() + 86_400_000 &&
    names.every((name) => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined)
  );
}
