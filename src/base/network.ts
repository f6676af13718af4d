/** Internet addresses as parameters. Source: gem5 `python/m5/util/convert.py`. */
import { fatal } from './errors';
import { describeValue, parseIntegerText } from './numbers';

/** A network: an address and the number of its leading bits that count. */
export interface IpNetmask {
  /** The address as an unsigned 32-bit number. */
  readonly ip: number;
  /** 0 to 32. */
  readonly netmask: number;
}

/** An address and a port. */
export interface IpWithPort {
  /** The address as an unsigned 32-bit number. */
  readonly ip: number;
  /** 0 to 65535. */
  readonly port: number;
}

function addressOf(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let address = 0;
  for (const part of parts) {
    const byte = parseIntegerText(part);
    if (byte === undefined || byte < 0 || byte > 255) return undefined;
    address = address * 256 + byte;
  }
  return address;
}

/** An address such as `'10.0.0.1'` as a 32-bit number. @throws {FatalError} when it is none */
export function toIpAddress(value: unknown): number {
  const address = typeof value === 'string' ? addressOf(value.trim()) : undefined;
  return (
    address ?? fatal(`${describeValue(value)} is not an IP address; accepted: one as '10.0.0.1'`)
  );
}

/**
 * A network such as `'10.0.0.0/24'` or `'10.0.0.0/255.255.255.0'`.
 *
 * @throws {FatalError} when it is none
 */
export function toIpNetmask(value: unknown): IpNetmask {
  const [address = '', mask = '', ...rest] =
    typeof value === 'string' ? value.trim().split('/') : [];
  const ip = addressOf(address);
  const netmask = mask.includes('.') ? prefixLength(addressOf(mask)) : parseIntegerText(mask);
  if (ip === undefined || netmask === undefined || netmask < 0 || netmask > 32 || rest.length > 0) {
    return fatal(
      `${describeValue(value)} is not an IP network; accepted: '10.0.0.0/24' or '10.0.0.0/255.255.255.0'`,
    );
  }
  return { ip, netmask };
}

function prefixLength(mask: number | undefined): number | undefined {
  if (mask === undefined) return undefined;
  const length = Math.clz32(~mask);
  return mask === (length === 0 ? 0 : (-1 << (32 - length)) >>> 0) ? length : undefined;
}

/** An address with a port such as `'10.0.0.1:80'`. @throws {FatalError} when it is none */
export function toIpWithPort(value: unknown): IpWithPort {
  const [address = '', number = '', ...rest] =
    typeof value === 'string' ? value.trim().split(':') : [];
  const ip = addressOf(address);
  const port = parseIntegerText(number);
  if (ip === undefined || port === undefined || port < 0 || port > 0xffff || rest.length > 0) {
    return fatal(`${describeValue(value)} is not an address with port; accepted: '10.0.0.1:80'`);
  }
  return { ip, port };
}
