import { BlockList, isIP } from 'node:net';

/**
 * Addresses that a webhook may not reach unless the configuration names them (`response.private_targets`): an administrator of
 * one company must not make this server talk to the network it stands in (SSRF, CWE-918).
 * Source: IANA special-purpose address registries (RFC 6890 and its updates).
 */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
] as const;
/** Only 2000::/3 is global unicast; of it, these carry or hide other addresses. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'] as const;

const special = blockList([...SPECIAL_V4, ...SPECIAL_V6]);
const globalUnicast = blockList(['2000::/3']);

/** Which private targets the operator allows. */
export interface TargetPolicy {
  /** True where the configuration names this host, or this address by itself or by a range. */
  names(host: string): boolean;
  /** True for an address that may be connected to: of the open internet, or named. */
  allows(address: string): boolean;
}

/** `allowed`: host names, addresses, and ranges such as `10.20.0.0/16`; what is none of them never matches. */
export function createTargetPolicy(allowed: readonly string[]): TargetPolicy {
  const entries = allowed.map((entry) => bare(entry.trim().toLowerCase())).filter((entry) => entry !== '');
  const hosts = new Set(entries);
  const ranges = blockList(entries.filter((entry) => isRange(entry) || isIP(entry) !== 0));
  const inRanges = (address: string): boolean => contains(ranges, address);
  return {
    names: (host) => hosts.has(bare(host).toLowerCase()) || inRanges(bare(host)),
    allows: (address) => inRanges(address) || isPublic(address),
  };
}

/** True for an address of the open internet. Mapped IPv4 addresses are judged as what they are. */
export function isPublic(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isPublic(mapped);
  switch (isIP(address)) {
    case 4:
      return !special.check(address, 'ipv4');
    case 6:
      return globalUnicast.check(address, 'ipv6') && !special.check(address, 'ipv6');
    default:
      return false;
  }
}

/** Takes the brackets off an IPv6 address of a URL. */
export function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function contains(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

function isRange(entry: string): boolean {
  const [address = '', bits = ''] = entry.split('/');
  const family = isIP(address);
  return family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

function blockList(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
