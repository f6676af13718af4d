/**
 * The numbers of pseudo-instructions, which are part of the interface to guest programs. Source:
 * gem5 `include/gem5/asm/generic/m5ops.h`.
 */
export const M5Op = {
  Arm: 0x00,
  Quiesce: 0x01,
  QuiesceNs: 0x02,
  QuiesceCycle: 0x03,
  QuiesceTime: 0x04,
  Rpns: 0x07,
  WakeCpu: 0x09,
  Exit: 0x21,
  Fail: 0x22,
  Sum: 0x23,
  InitParam: 0x30,
  LoadSymbol: 0x31,
  ResetStats: 0x40,
  DumpStats: 0x41,
  DumpResetStats: 0x42,
  Checkpoint: 0x43,
  WriteFile: 0x4f,
  ReadFile: 0x50,
  DebugBreak: 0x51,
  SwitchCpu: 0x52,
  AddSymbol: 0x53,
  Panic: 0x54,
  WorkBegin: 0x5a,
  WorkEnd: 0x5b,
  DistToggleSync: 0x62,
  Workload: 0x70,
} as const;

/** The pseudo-instruction that an offset into the memory-mapped ones stands for: its bits 15 to 8. */
export function decodeAddrOffset(offset: number): number {
  return (offset >>> 8) & 0xff;
}
