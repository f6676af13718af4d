/**
 * A program that runs on the machine itself, without an operating system and without firmware.
 *
 * Sources of the behaviour: gem5 `arch/x86/bare_metal/workload.cc`, `sim/kernel_workload.cc`; for the
 * command lines, QEMU's `-kernel`, `-append` and `-initrd`.
 */
import { resetThreadState } from '../../arch/x86/index';
import { fatal, inform, panic } from '../../base/index';
import type { Addr } from '../../base/index';
import { readImageFile, Workload, workloadSchema } from '../../mem/index';
import { defineSchema, param, vectorParam } from '../../sim/index';
import type { CheckpointIn, CheckpointOut, ParamsOf } from '../../sim/index';
import { ThreadContext } from '../threadContext';
import { BOOT_FORMATS, readBootImage } from './bootImage';
import type { BootImage } from './bootImage';
import { BootMemory } from './bootMemory';
import { enterLongMode, enterProtectedMode, enterRealMode } from './bootState';
import { writeMultibootInfo } from './multibootInfo';
import type { BootModule } from './multibootInfo';

export const bareMetalWorkloadSchema = defineSchema('X86BareMetalWorkload', workloadSchema, {
  description: 'A program without an operating system: flat binary, ELF or Multiboot image',
  params: {
    objectFile: param.String('', 'the program; empty to start at the reset vector'),
    commandLine: param.String('', 'its arguments; its path comes before them'),
    modules: vectorParam.String([], 'files to load along with it, each with its arguments'),
    format: param.Enum('BootFormat', BOOT_FORMATS, 'auto', 'what the program is'),
    loadAddr: param.Addr(0x7c00, 'where a flat binary is loaded and begins'),
  },
});

/** Parameters of a `BareMetalWorkload`. */
export type BareMetalWorkloadParams = ParamsOf<typeof bareMetalWorkloadSchema>;

const MODULE_ALIGNMENT = 4096;
/** Modules are out of the way of 16-bit code. */
const MODULES_START = 0x10_0000;

/**
 * Loads a program and starts the first thread in the mode that the program's format asks for. The
 * other threads wait to be started by the program.
 */
export class BareMetalWorkload extends Workload {
  static override readonly schema = bareMetalWorkloadSchema;
  declare readonly params: BareMetalWorkloadParams;
  #entry: Addr = 0xfffffff0;

  override getEntry(): bigint {
    return BigInt(this.#entry);
  }

  override initState(): void {
    super.initState();
    const [first, ...others] = this.threads.map(context =>
      context instanceof ThreadContext ? context : panic(`${this.name()} got a foreign context`),
    );
    if (first === undefined) fatal(`${this.name()} has nobody to run its program; add a CPU`);
    for (const context of others) resetThreadState(context.registers(), false);
    this.#load(first);
    first.activate();
  }

  override serialize(checkpoint: CheckpointOut): void {
    super.serialize(checkpoint);
    checkpoint.paramOut('entry', this.#entry);
  }

  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    this.#entry = checkpoint.number('entry');
  }

  #load(context: ThreadContext): void {
    const { objectFile, loadAddr, format } = this.params;
    const state = context.registers();
    if (objectFile === '') {
      resetThreadState(state);
      return;
    }
    const image = readBootImage(readImageFile(objectFile), objectFile, loadAddr, format);
    inform(`kernel located at: ${objectFile}`);
    const memory = new BootMemory(this.#memory());
    for (const { address, data, memorySize } of image.segments) {
      memory.place(address, data, memorySize, objectFile);
    }
    this.#entry = image.entry;
    const { mode, entry } = image;
    switch (mode) {
      case 'real':
        this.#refuseModules(image);
        enterRealMode(state, entry);
        return;
      case 'protected':
        enterProtectedMode(state, memory, entry, this.#writeInfo(memory));
        return;
      case 'long':
        enterLongMode(state, memory, entry, this.#writeInfo(memory));
        return;
    }
  }

  #memory() {
    return (this.system ?? panic(`${this.name()} belongs to no system`)).physicalMemory;
  }

  #refuseModules({ format }: BootImage): void {
    const { modules, commandLine, objectFile } = this.params;
    if (modules.length === 0 && commandLine === '') return;
    fatal(
      `${objectFile} is a ${format} binary, which nobody can tell of modules or a command line; ` +
        'make it an ELF or Multiboot image',
    );
  }

  /** Loads the modules, and describes them and the machine. @returns where the description is */
  #writeInfo(memory: BootMemory): Addr {
    const { objectFile, commandLine } = this.params;
    const modules = this.params.modules.map(text => loadModule(memory, text));
    const words = commandLine === '' ? objectFile : `${objectFile} ${commandLine}`;
    return writeMultibootInfo(memory, { commandLine: words, modules });
  }
}

/** Loads a file. @param text - its path, and after a space its arguments */
function loadModule(memory: BootMemory, text: string): BootModule {
  const [path = ''] = text.trim().split(' ', 1);
  const file = readImageFile(path);
  const name = `the module ${path}`;
  const address = memory.allocate(file.length, MODULE_ALIGNMENT, name, MODULES_START);
  memory.write(address, file);
  return { address, size: file.length, text: text.trim() };
}
