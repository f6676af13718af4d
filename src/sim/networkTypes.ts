/**
 * Parameter types of network addresses.
 *
 * Source of the behaviour: gem5 `python/m5/params.py` (`EthernetAddr`, `IpAddress` and kin).
 */
import {
  describeValue,
  fatal,
  toIpAddress,
  toIpNetmask,
  toIpWithPort,
  type IpNetmask,
  type IpWithPort,
} from '../base/index';
import { plainType, type ParamType } from './paramTypes';

/** Six bytes as hexadecimal numbers, such as '00:90:00:00:00:01'. */
export const ethernetAddrType: ParamType<string, string> = plainType('EthernetAddr', value => {
  if (typeof value === 'string' && /^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/i.test(value)) return value;
  return fatal(
    `${describeValue(value)} is not an Ethernet address; accepted: one as '00:90:00:00:00:01'`,
  );
});

/** The dotted form of a 32-bit address. */
function dotted(address: number): string {
  return [24, 16, 8, 0].map(shift => String((address >>> shift) & 0xff)).join('.');
}

function networkType<In, Out>(
  kind: string,
  convert: (value: unknown) => Out,
  toText: (value: Out) => string,
): ParamType<In, Out> {
  return { kind, convert, resolve: value => value as Out, toIni: toText, toJson: toText };
}

/** An IP address, dotted or as a number; the model receives an unsigned 32-bit number. */
export const ipAddressType = networkType<string | number, number>(
  'IpAddress',
  value => {
    if (typeof value !== 'number') return toIpAddress(value);
    if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value;
    return fatal(
      `${String(value)} is not an IP address; accepted: one as '10.0.0.1', or a number below 2^32`,
    );
  },
  dotted,
);

/** A network such as '10.0.0.0/24'. */
export const ipNetmaskType = networkType<string | IpNetmask, IpNetmask>(
  'IpNetmask',
  value => toIpNetmask(isRecord(value) ? networkText(value as unknown as IpNetmask) : value),
  networkText,
);

/** An address with a port such as '10.0.0.1:80'. */
export const ipWithPortType = networkType<string | IpWithPort, IpWithPort>(
  'IpWithPort',
  value => toIpWithPort(isRecord(value) ? endpointText(value as unknown as IpWithPort) : value),
  endpointText,
);

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'ip' in value;
}

function networkText({ ip, netmask }: IpNetmask): string {
  return `${dotted(ip)}/${String(netmask)}`;
}

function endpointText({ ip, port }: IpWithPort): string {
  return `${dotted(ip)}:${String(port)}`;
}
