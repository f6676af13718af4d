/** Opening /dev/kvm, and telling a user why it cannot be opened. */
import { readFileSync, statSync } from 'node:fs';
import { Errno, errnoName, errnoText } from '../host/index';
import { KvmUnavailableError } from './kvmError';
import type { KvmSystemCalls } from './systemCalls';

/** Where the kernel offers KVM. */
export const KVM_DEVICE = '/dev/kvm';

/**
 * The name of a group.
 * @param gid - its number; group 0 is nobody's to join
 * @param groupFile - the text of /etc/group
 * @returns the name, the number where it has none, undefined for group 0
 */
export function groupToJoin(gid: number, groupFile: string): string | undefined {
  if (gid === 0) return undefined;
  const row = groupFile
    .split('\n')
    .map(line => line.split(':'))
    .find(fields => fields[2] === String(gid));
  return row?.[0] ?? String(gid);
}

function permissionAdvice(path: string): string {
  let group: string | undefined;
  try {
    group = groupToJoin(statSync(path).gid, readFileSync('/etc/group', 'utf8'));
  } catch {
    // Without the file's owner or the list of groups there is only the general advice.
  }
  return group === undefined
    ? `ask for it: sudo setfacl -m u:$(id -un):rw ${path}`
    : `join the group ${group}: sudo usermod -aG ${group} $(id -un), then log in again`;
}

function explain(errno: number, path: string): KvmUnavailableError {
  switch (errno) {
    case Errno.ENOENT:
      return new KvmUnavailableError(
        'no-device',
        `${path} does not exist: load the kvm_intel or kvm_amd module, switch virtualization on in ` +
          'the firmware, or, in a container or virtual machine, have the device passed in',
      );
    case Errno.EACCES:
    case Errno.EPERM:
      return new KvmUnavailableError(
        'no-permission',
        `no permission to use ${path}; ${permissionAdvice(path)}`,
      );
    case Errno.ENODEV:
    case Errno.ENXIO:
      return new KvmUnavailableError(
        'no-driver',
        `${path} has no driver behind it: load the kvm_intel or kvm_amd module and switch ` +
          'virtualization on in the firmware',
      );
    default:
      return new KvmUnavailableError(
        'open-failed',
        `cannot open ${path}: ${errnoText(errno)} (${errnoName(errno)})`,
      );
  }
}

/**
 * Opens the KVM device.
 * @returns the descriptor
 * @throws {KvmUnavailableError} when there is none or it may not be used; the message says why
 */
export function openKvm(calls: KvmSystemCalls, path: string): number {
  for (;;) {
    const fd = calls.open(path);
    if (fd >= 0) return fd;
    if (fd !== -Errno.EINTR) throw explain(-fd, path);
  }
}
