/** Floor 5, syscall emulation: programs for x86-64 Linux without a kernel. Knows no CPU model. */
export { checkProgram } from './elfLoader';
export { LIBRARY_FOLDERS } from './fileAccess';
export { Process } from './process';
export type { ProcessThreadContext } from './process';
export { processSchema } from './processSchema';
export type { ProcessParams } from './processSchema';
export type { ProcessEnd } from './processState';
export { X86EmuLinux, x86EmuLinuxSchema } from './seWorkload';
export type { ProcessContext, X86EmuLinuxParams } from './seWorkload';
