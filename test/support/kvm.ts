/**
 * Tests that need KVM say so by these words in place of `describe` and `it`. Where the machine has no
 * KVM they are left out, and the reporter tells; where it has one they run, and fail when they cannot.
 */
import { closeSync, constants, openSync, statSync } from 'node:fs';

const DEVICE = '/dev/kvm';
/** Its number in Linux: major 10, minor 232. */
const KVM_DEVICE = (10 << 8) | 232;
/** What opening says where there is a device file, but no KVM behind it. */
const NOBODY_THERE = new Set(['ENODEV', 'ENXIO']);

/** Asks the kernel, and not the code under test, whose mistake would leave out its own tests. */
function whyNoKvm(): string | null {
  const stat = statSync(DEVICE, { throwIfNoEntry: false });
  if (stat === undefined) return `${DEVICE} does not exist`;
  if (!stat.isCharacterDevice() || stat.rdev !== KVM_DEVICE) return `${DEVICE} is not KVM's device`;
  try {
    closeSync(openSync(DEVICE, constants.O_RDWR));
    return null;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return NOBODY_THERE.has(code) ? `nobody answers at ${DEVICE}` : null;
  }
}

/** Why there is no KVM on this machine, in a few words; null where there is. */
export const noKvm: string | null = whyNoKvm();

/** `describe` for tests that need KVM. */
export function describeWithKvm(title: string, tests: (this: Mocha.Suite) => void): void {
  if (noKvm === null) describe(title, tests);
  // eslint-disable-next-line no-restricted-properties -- the only place where tests are left out
  else describe.skip(title, tests);
}

/** `it` for a test that needs KVM. */
export function itWithKvm(title: string, test: Mocha.Func): void {
  if (noKvm === null) it(title, test);
  // eslint-disable-next-line no-restricted-properties -- as above
  else it.skip(title, test);
}
