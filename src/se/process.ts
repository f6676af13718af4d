/**
 * A program, from its file to its first instruction.
 *
 * Source of the behaviour: gem5 `sim/process.cc`, `arch/x86/process.cc`.
 */
import { resolve } from 'node:path';
import { GuestSupervisor, m5opsAddress, PageFlags, RIP, RSP } from '../arch/x86/index';
import type { PageTables, UserFeatures } from '../arch/x86/index';
import { fatal, panic } from '../base/index';
import type { NearestSymbol } from '../base/index';
import { Scalar, serializeSection, SimObject, unit, unserializeSection } from '../sim/index';
import type { CheckpointIn, CheckpointOut } from '../sim/index';
import { AddressSpace } from './addressSpace';
import { PROGRAM_HEADER_SIZE } from './elf';
import {
  loadElf,
  loadInterpreter,
  openProgram,
  releaseFiles,
  stackProtection,
  type LoadedProgram,
  type ProgramFiles,
} from './elfLoader';
import { FileAccess } from './fileAccess';
import { FileDescriptors } from './fileDescriptors';
import { OutputFiles } from './forkedFiles';
import { AuxType, buildInitialStack } from './initialStack';
import { PAGE_SIZE, pageOffset, STACK_TOP } from './layout';
import { processSchema, type ProcessParams } from './processSchema';
import { ProcessState } from './processState';
import { ProcessSymbols } from './processSymbols';
import { ProcessThread } from './processThread';
import { OutOfGuestMemory } from './residentMemory';
import { SavedDescriptors } from './savedFiles';
import { SavedProcess, SavedThread } from './savedProcess';
import { openMapped, SavedSpace, type AddressSpaceState } from './savedSpace';
import { SEWorkload, type ProcessContext } from './seWorkload';
import { SimulatedClock } from './simulatedClock';
import { succeeds } from './syscallFailure';
import { openStandardStreams } from './standardStreams';

/** What a process needs of the thread context that runs it. */
export interface ProcessThreadContext extends ProcessContext {
  /** What the CPU model offers to programs; absent: what every x86-64 processor has. */
  readonly userFeatures?: UserFeatures;
}

/** CPUID leaf 1's EDX of every x86-64 processor: FPU, TSC, MSR, PAE, CX8, SSE, SSE2 and kin. */
const HWCAP = 0x078b_fbff;
const CLOCK_TICKS = 100;
/** More than the frame of a signal handler takes. */
const MIN_SIGNAL_STACK = 4096;
/** Bytes of stack that a program finds below what is on it at the start. */
const STACK_HEADROOM = 0x2_0000;
const STACK_ALIGNMENT = 0x1_0000;

/** A program that runs on emulated system calls. */
export class Process extends SimObject {
  static override readonly schema = processSchema;
  declare readonly params: ProcessParams;
  /** Absolute path of the program. */
  readonly executable: string;
  /** System calls made. */
  readonly numSyscalls: Scalar;
  readonly #files: ProgramFiles;
  readonly #symbols = new ProcessSymbols();
  readonly #contexts: ProcessThreadContext[] = [];
  #state: ProcessState | undefined;
  #thread: ProcessThread | undefined;
  #supervisor: GuestSupervisor | undefined;
  /** What a fork is about to take into the child. */
  #outputFiles: OutputFiles | undefined;

  /** @throws {FatalError} when a file of the program is missing or is none that can be run. */
  constructor(params: ProcessParams) {
    super(params);
    const path = params.executable === '' ? params.cmd[0] : params.executable;
    if (path === undefined || path === '') {
      fatal(`${params.name}: there is no program to run; set cmd to the program and its arguments`);
    }
    this.executable = resolve(path);
    this.numSyscalls = new Scalar(this.stats, 'numSyscalls', unit.Count, 'system calls');
    this.#files = openProgram(this.executable);
  }

  /** Called by a CPU: this context runs the program. The CPU has registered it with the system. */
  assignThreadContext(context: ProcessThreadContext): void {
    this.#contexts.push(context);
  }

  /** Called when another CPU has taken the thread over: its context has the same id. */
  replaceThreadContext(context: ProcessThreadContext): void {
    const index = this.#contexts.findIndex(old => old.contextId === context.contextId);
    if (index >= 0) this.#contexts[index] = context;
    if (this.#state !== undefined) this.#workload().replaceThread(context);
  }

  symbolAt(address: number): NearestSymbol | null {
    return this.#symbols.find(address, this.state.space.areaAt(address));
  }

  readMemory(address: bigint, target: Uint8Array): boolean {
    return succeeds(() => {
      this.state.memory.copyIn(Number(address), target);
    });
  }

  writeMemory(address: bigint, source: Uint8Array): boolean {
    return succeeds(() => {
      this.state.memory.copyOut(Number(address), source);
    });
  }

  writablePlace(path: string): string | undefined {
    let place: string | undefined;
    succeeds(() => {
      place = this.state.access.locate(path, 'write');
    });
    return place;
  }

  /** What the program's kernel knows. @throws {PanicError} before `initState` */
  get state(): ProcessState {
    return this.#state ?? panic(`${this.name()} has not been started`);
  }

  /** What turns the processor's traps into system calls. @throws {PanicError} before `initState` */
  get supervisor(): GuestSupervisor {
    return this.#supervisor ?? panic(`${this.name()} has not been started`);
  }

  /**
   * Loads the program and makes its thread ready to run.
   * @throws {FatalError} when it does not fit into the system's memory, a file cannot be opened, or no
   *   CPU runs the program.
   */
  override initState(): void {
    const context = this.#onlyContext();
    const workload = this.#workload();
    const state = this.#makeState(workload);
    this.#state = state;
    try {
      const { pageTables, pageTableMemory } = state.space;
      const supervisor = new GuestSupervisor(pageTables, pageTableMemory, workload.physicalEnd);
      this.#supervisor = supervisor;
      this.#mapM5ops(pageTables);
      const { program, interpreter } = this.#files;
      const loaded = loadElf(program, state.space);
      const loader = interpreter && loadInterpreter(interpreter, state.space);
      supervisor.prepare(context.state, context.userFeatures ?? { fsgsbase: false, xcr0: 0 });
      context.state.setGprNumber(RIP, (loader ?? loaded).entry);
      context.state.setGprNumber(RSP, this.#buildStack(state, loaded, loader?.bias ?? 0));
    } catch (error) {
      if (!(error instanceof OutOfGuestMemory)) throw error;
      fatal(`${this.executable} does not fit into the system's memory; give the system more`);
    }
    // Last: a program that cannot be loaded leaves no output files behind.
    this.#openStandardStreams(state);
    this.#thread = new ProcessThread(state, context.state, state.ids.pid);
    workload.addThread(this, this.#thread, context);
    context.activate();
  }

  /** Lets the program reach the pseudo-instructions. */
  #mapM5ops(tables: PageTables): void {
    const { m5opRange } = this.params.system;
    if (!m5opRange.valid) return;
    if (pageOffset(m5opRange.start) !== 0) {
      const base = m5opRange.start.toString(16);
      fatal(`${this.params.system.name()}: m5opsBase 0x${base} is not a multiple of ${PAGE_SIZE}`);
    }
    const { User, Writable, CacheDisable, NoExecute } = PageFlags;
    const flags = User | Writable | CacheDisable | NoExecute;
    tables.map(m5opsAddress, m5opRange.start, m5opRange.size, flags);
  }

  /** @throws {FatalError} when no CPU runs the program, or several do */
  #onlyContext(): ProcessThreadContext {
    const [context, ...others] = this.#contexts;
    if (context === undefined) {
      fatal(
        `${this.name()} is not associated with any thread context; give it to a CPU as workload`,
      );
    }
    if (others.length > 0)
      fatal(`${this.name()} can run on one CPU only; give each its own process`);
    return context;
  }

  /** @throws {FatalError} when the program has something open that cannot be saved */
  override serialize(checkpoint: CheckpointOut): void {
    super.serialize(checkpoint);
    const { state } = this;
    const thread = this.#thread ?? panic(`${this.name()} has no thread`);
    checkpoint.paramOut('executable', this.executable);
    new SavedProcess(state).serialize(checkpoint);
    serializeSection(checkpoint, 'space', new SavedSpace(openMapped, state.space));
    serializeSection(checkpoint, 'files', this.#savedFiles(state));
    serializeSection(checkpoint, 'thread', new SavedThread(thread));
  }

  /**
   * The program goes on where it was. The system's memory and the registers are restored already.
   * @throws {FatalError} when a file is missing or has changed, or the CPU lacks something that the
   *   program uses
   */
  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    const context = this.#onlyContext();
    const workload = this.#workload();
    const executable = checkpoint.string('executable');
    // The program itself may have moved; its contents are compared.
    const saved = new SavedSpace((path, writable) =>
      openMapped(path === executable ? this.executable : path, writable),
    );
    unserializeSection(checkpoint, 'space', saved);
    const state = this.#makeState(workload, saved.state);
    saved.releaseFiles();
    this.#state = state;
    const { pageTables, pageTableMemory } = state.space;
    this.#supervisor = new GuestSupervisor(pageTables, pageTableMemory, workload.physicalEnd);
    this.#supervisor.adopt(context.state);
    new SavedProcess(state).unserialize(checkpoint);
    unserializeSection(checkpoint, 'files', this.#savedFiles(state));
    this.#thread = new ProcessThread(state, context.state, state.ids.pid);
    unserializeSection(checkpoint, 'thread', new SavedThread(this.#thread));
    if (state.end === undefined) workload.addThread(this, this.#thread, context);
    else workload.addEnded(state.end);
  }

  #savedFiles(state: ProcessState): SavedDescriptors {
    const { host } = this.simulation;
    return new SavedDescriptors(state.files, {
      name: this.name(),
      outputDirectory: () => host.outputDirectory(),
      hostWait: state.hostWait,
      fillRandom: target => {
        state.fillRandom(target);
      },
    });
  }

  #workload(): SEWorkload {
    const { workload } = this.params.system;
    if (workload instanceof SEWorkload) return workload;
    return fatal(
      `${this.name()} needs a system whose workload emulates system calls; ` +
        'set system.workload to new X86EmuLinux()',
    );
  }

  #openStandardStreams(state: ProcessState): void {
    const { host } = this.simulation;
    const outputDirectory = (): string => host.makeOutputDirectory();
    openStandardStreams(state.files, this.params, outputDirectory, state.hostWait);
  }

  #makeState(workload: SEWorkload, restored?: AddressSpaceState): ProcessState {
    const { params, simulation } = this;
    const cwd = resolve(params.cwd);
    const inCwd = (path: string): string => resolve(cwd, path);
    const hostWait = {
      interrupted: (): boolean => simulation.host.interrupted(),
      patience: (): number => this.#thread?.patience() ?? Infinity,
    };
    const files = new FileDescriptors();
    return new ProcessState({
      name: this.name(),
      ids: params,
      space: new AddressSpace({
        memory: workload.physicalMemory,
        allocator: workload.pageAllocator,
        maxStackSize: params.maxStackSize,
        ...(restored && { restored }),
      }),
      files,
      access: new FileAccess(this.name(), {
        readable: [this.executable, ...params.readablePaths.map(inCwd)],
        writable: [simulation.host.outputDirectory(), ...params.writablePaths.map(inCwd)],
      }),
      clock: new SimulatedClock(() => this.curTick(), simulation.ticksPerSecond, params.hostTime),
      executable: this.executable,
      commandLine: params.cmd,
      cwd,
      release: params.release,
      hostWait,
      random: simulation.random.get(this.name()),
    });
  }

  /**
   * Makes the stack and fills it.
   * @param base - where the interpreter was loaded, 0 when there is none.
   * @returns the first stack pointer.
   */
  #buildStack(state: ProcessState, loaded: LoadedProgram, base: number): number {
    const { params } = this;
    const { program } = this.#files;
    const random = new Uint8Array(16);
    state.fillRandom(random);
    const secure = params.uid !== params.euid || params.gid !== params.egid;
    const image = buildInitialStack(
      {
        argv: params.cmd,
        envp: params.env,
        execfn: params.executable === '' ? (params.cmd[0] ?? '') : params.executable,
        random,
        auxv: [
          [AuxType.Hwcap, HWCAP],
          [AuxType.PageSize, PAGE_SIZE],
          [AuxType.ClockTicks, CLOCK_TICKS],
          [AuxType.Phdr, loaded.programHeaders],
          [AuxType.PhEnt, PROGRAM_HEADER_SIZE],
          [AuxType.PhNum, program.programHeaders.count],
          [AuxType.Base, base],
          [AuxType.Flags, 0],
          [AuxType.Entry, loaded.entry],
          [AuxType.Uid, params.uid],
          [AuxType.Euid, params.euid],
          [AuxType.Gid, params.gid],
          [AuxType.Egid, params.egid],
          [AuxType.Secure, Number(secure)],
          [AuxType.Hwcap2, Number(this.#contexts[0]?.userFeatures?.fsgsbase === true) * 2],
          [AuxType.MinSigStackSize, MIN_SIGNAL_STACK],
        ],
      },
      STACK_TOP,
      params.maxStackSize / 4,
    );
    const wanted = image.bytes.length + STACK_HEADROOM;
    const size = Math.ceil(wanted / STACK_ALIGNMENT) * STACK_ALIGNMENT;
    state.space.mapStack(Math.min(size, params.maxStackSize), stackProtection(program));
    state.memory.copyOut(image.pointer, image.bytes);
    return image.pointer;
  }

  override prepareFork(): void {
    super.prepareFork();
    if (this.#state === undefined) return;
    const files = [...this.#state.files.entries()].map(([, { file }]) => file);
    this.#outputFiles = new OutputFiles(this.simulation.host.outputDirectory(), files);
  }

  /** The program's files in the output directory are the child's own from now on. */
  override notifyFork(): void {
    super.notifyFork();
    const directory = this.simulation.host.outputDirectory();
    this.#outputFiles?.moveTo(directory);
    this.#outputFiles = undefined;
    this.#state?.access.addWritable(directory);
  }

  override dispose(): void {
    this.#state?.files.closeAll();
    this.#state?.space.closeFiles();
    releaseFiles(this.#files);
    super.dispose();
  }
}
