/** `mini-gem5 doctor`: whether KVM can be used on this machine, and why not. */
import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { SimError } from '../base/index';
import { koffiVersion } from '../host/index';
import { Kvm } from '../kvm/index';
import { version } from '../m5/version';

/** What the simulator asks of KVM, each with its capability. */
const needed: readonly (readonly [string, (kvm: Kvm) => boolean])[] = [
  ['KVM_CAP_USER_MEMORY', kvm => kvm.capUserMemory()],
  ['KVM_CAP_SET_TSS_ADDR', kvm => kvm.capSetTSSAddress()],
  ['KVM_CAP_EXT_CPUID', kvm => kvm.capExtendedCPUID()],
  ['KVM_CAP_IMMEDIATE_EXIT', kvm => kvm.capImmediateExit()],
];

/** What it uses where it is there. */
const wanted: readonly (readonly [string, (kvm: Kvm) => boolean])[] = [
  ['KVM_CAP_SYNC_REGS', kvm => kvm.capSyncRegs() !== 0],
  ['KVM_CAP_XSAVE', kvm => kvm.capXSave()],
  ['KVM_CAP_XCRS', kvm => kvm.capXCRs()],
  ['KVM_CAP_VCPU_EVENTS', kvm => kvm.capVCPUEvents()],
  ['KVM_CAP_DEBUGREGS', kvm => kvm.capDebugRegs()],
  ['KVM_CAP_IRQCHIP', kvm => kvm.capIRQChip()],
  ['KVM_CAP_COALESCED_MMIO', kvm => kvm.capCoalescedMMIO() !== 0],
  ['KVM_CAP_READONLY_MEM', kvm => kvm.capReadonlyMem()],
];

/**
 * Examines the machine.
 * @param print - takes each line of the report.
 * @returns the exit status: 0 when KVM can be used.
 */
export function doctor(print: (line: string) => void): number {
  const row = (what: string, finding: string): void => {
    print(`${what.padEnd(14)}${finding}`);
  };
  row('mini-gem5', version());
  row('Node', `${process.version} (${process.platform} ${process.arch})`);
  row('koffi', koffiVersion);
  row('Linux', release());
  row('KVM module', kindOfKvm());
  const problem = examineKvm(row);
  print('');
  print(problem === undefined ? 'KVM can be used.' : `KVM cannot be used: ${problem}`);
  return problem === undefined ? 0 : 1;
}

/** @returns what is wrong, or undefined. */
function examineKvm(row: (what: string, finding: string) => void): string | undefined {
  let kvm: Kvm | undefined;
  try {
    kvm = new Kvm();
    row('/dev/kvm', 'opens, API version 12');
    const has = kvm;
    const missing = needed.filter(([, present]) => !present(has)).map(([name]) => name);
    const lacking = wanted.filter(([, present]) => !present(has)).map(([name]) => name);
    row('needed', missing.length === 0 ? 'all capabilities are there' : `no ${missing.join(', ')}`);
    row('wanted', lacking.length === 0 ? 'all capabilities are there' : `no ${lacking.join(', ')}`);
    if (missing.length > 0) return `it lacks ${missing.join(', ')}; use a newer kernel`;
    kvm.createVM('a VM to try').dispose();
    row('a VM', 'can be created');
    return undefined;
  } catch (error) {
    if (error instanceof SimError) return error.message;
    throw error;
  } finally {
    kvm?.dispose();
  }
}

/** The kernel module behind /dev/kvm, in words. */
function kindOfKvm(): string {
  if (existsSync('/sys/module/kvm_pvm')) {
    return 'kvm_pvm: page-table KVM without VT-x or SVM; user code runs natively, kernel code is emulated';
  }
  if (existsSync('/sys/module/kvm_intel')) return 'kvm_intel: hardware KVM (Intel VT-x)';
  if (existsSync('/sys/module/kvm_amd')) return 'kvm_amd: hardware KVM (AMD SVM)';
  return existsSync('/sys/module/kvm') ? 'kvm, of a kind unknown here' : 'none is loaded';
}
