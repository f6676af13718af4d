/**
 * What the hardware demands of segment registers at an entry, beyond what guests and simulated CPUs
 * take care of.
 *
 * Sources: gem5 `arch/x86/kvm/x86_cpu.cc`; SDM volume 3, 27.3.1.2.
 */
import { CS, DS, ES, FS, GS, segmentLayout, SS, sregsLayout, TR } from '../arch/x86/index';
import { hack } from '../base/index';

const ACCESSED = 1;
const CODE_EXECUTE_ACCESSED = 9;
const CODE_READ_ACCESSED = 11;
const TSS_AVAILABLE = 9;
const TSS_BUSY = 11;

const fieldOffset = (segment: number, field: keyof typeof segmentLayout): number =>
  sregsLayout.segment.offset + segment * sregsLayout.segment.stride + segmentLayout[field];

/**
 * Makes a `struct kvm_sregs` fit for an entry: usable segments are marked as accessed, the task
 * register as busy, the stack's privilege as that of the code, and no interrupt as pending, which
 * is said in another way.
 */
export function prepareSregs(sregs: Uint8Array): void {
  for (const segment of [CS, DS, ES, FS, GS, SS]) {
    if (sregs[fieldOffset(segment, 'unusable')] !== 0) continue;
    const type = fieldOffset(segment, 'type');
    sregs[type] = (sregs[type] ?? 0) | ACCESSED;
  }
  const taskType = fieldOffset(TR, 'type');
  if (sregs[taskType] === TSS_AVAILABLE) {
    hack('the task register is not busy; setting the busy bit');
    sregs[taskType] = TSS_BUSY;
  }
  const codeType = sregs[fieldOffset(CS, 'type')];
  const codeDpl = sregs[fieldOffset(CS, 'dpl')] ?? 0;
  const stackDpl = fieldOffset(SS, 'dpl');
  const nonConforming = codeType === CODE_EXECUTE_ACCESSED || codeType === CODE_READ_ACCESSED;
  if (nonConforming && sregs[stackDpl] !== codeDpl && sregs[fieldOffset(SS, 'unusable')] === 0) {
    hack(`the stack has privilege ${String(sregs[stackDpl])}, not the code's ${String(codeDpl)}`);
    sregs[stackDpl] = codeDpl;
  }
  sregs.fill(0, sregsLayout.interruptBitmap, sregsLayout.interruptBitmap + 32);
}
