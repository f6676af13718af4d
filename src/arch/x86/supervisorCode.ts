import { encodeDescriptor, encodeGate, encodeTaskState, SystemSegment } from './descriptors';
import { Vector } from './flags';
import {
  exceptionStubStride,
  exceptionVectors,
  flushRoutineOffset,
  kernelCode,
  kernelData,
  Selector,
  stackOffset,
  supervisorAddress,
  taskSegment,
  trapPort,
  userCode,
  userData,
} from './supervisorLayout';
import { virtualAddressBits } from './virtualAddress';

/** `ud2`: fills what should never run. */
const ud2 = [0x0f, 0x0b] as const;
/** `out %al, $trapPort` */
const outToHost = [0xe6, trapPort] as const;

/**
 * Tells the processor what to forget ({@link PageTableChanges}), then goes to user mode:
 * RSI points to addresses, RCX counts them, RSP points to a `flushFrame`.
 *
 * Each address is stored to, without changing what is there. That a *store of the guest* to its page
 * tables, followed by a CR3 write, makes an entry void is architecture, so it works on every hypervisor;
 * it is also the only cheap thing that works on one that keeps shadow page tables and does not see the
 * host's stores. (An address of the form entry + 1 makes such a KVM drop its shadow of the whole table:
 * a store that is not aligned to an entry.)
 */
const flushRoutine: readonly number[] = [
  ...[0x48, 0xad], //             1: lodsq
  ...[0xf0, 0x80, 0x08, 0x00], //    lock orb $0, (%rax)
  ...[0xe2, 0xf8], //                loop 1b
  ...[0x0f, 0x20, 0xd8], //          mov %cr3, %rax
  ...[0x0f, 0x22, 0xd8], //          mov %rax, %cr3
  0x5e, //                           pop %rsi
  0x59, //                           pop %rcx
  0x58, //                           pop %rax
  ...[0x48, 0xcf], //                iretq
];

/** End of the flush routine, as an offset in the text page. */
export const flushRoutineEnd = flushRoutineOffset + flushRoutine.length;

/** The page of the `syscall` stub. */
export function syscallPage(): Uint8Array {
  const page = pageOf(ud2);
  page.set(outToHost);
  return page;
}

/** The page of exception stubs and flush routine. */
export function textPage(): Uint8Array {
  const page = pageOf(ud2);
  for (let vector = 0; vector < exceptionVectors; vector++) {
    page.set(outToHost, vector * exceptionStubStride);
  }
  page.set(flushRoutine, flushRoutineOffset);
  return page;
}

/** The global descriptor table: its length minus 1 is GDTR's limit. */
export function globalDescriptors(tssLimit: number): Uint8Array {
  const table = new Uint8Array(Selector.Tss + 16);
  for (const segment of [kernelCode, kernelData, userCode, userData]) {
    table.set(encodeDescriptor(segment), segment.selector & ~7);
  }
  table.set(encodeDescriptor(taskSegment(tssLimit)), Selector.Tss);
  return table;
}

/** The interrupt descriptor table: all exceptions lead to their stubs. */
export function interruptGates(): Uint8Array {
  const table = new Uint8Array(exceptionVectors * 16);
  for (let vector = 0; vector < exceptionVectors; vector++) {
    const offset = virtualAddressBits(supervisorAddress.text + vector * exceptionStubStride);
    const fromUser = vector === Vector.BP || vector === Vector.OF; // `int3`, `into`
    table.set(
      encodeGate({
        offset,
        selector: Selector.KernelCode,
        // A stack of the table even from CPL 0: after `syscall` RSP is still the program's.
        ist: vector === Vector.DF ? 2 : 1,
        type: SystemSegment.InterruptGate,
        dpl: fromUser ? 3 : 0,
      }),
      vector * 16,
    );
  }
  return table;
}

/** The task state segment. */
export function taskState(): Uint8Array {
  const stack = supervisorAddress.stack;
  return encodeTaskState({
    rsp0: virtualAddressBits(stack + stackOffset.top),
    interruptStacks: [
      virtualAddressBits(stack + stackOffset.top),
      virtualAddressBits(stack + stackOffset.doubleFault),
    ],
    openPorts: [trapPort],
  });
}

function pageOf(pattern: readonly number[]): Uint8Array {
  return Buffer.alloc(4096, Buffer.from(pattern));
}
