/**
 * What an operating system kernel knows about a program that it runs.
 *
 * Everything here is independent of the simulated objects, so that system calls can be tried without
 * any of them.
 */
import { Random } from '../base/index';
import type { AddressSpace } from './addressSpace';
import type { FileAccess } from './fileAccess';
import type { FileDescriptors } from './fileDescriptors';
import type { HostWait } from './hostWait';
import { IntervalTimers } from './intervalTimers';
import { SignalActions } from './signals';
import type { SimulatedClock } from './simulatedClock';
import { UserMemory } from './userMemory';

/** The ids of a program. */
export interface ProcessIds {
  readonly uid: number;
  readonly euid: number;
  readonly gid: number;
  readonly egid: number;
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
}

/** How a program ended. */
export type ProcessEnd =
  | { readonly kind: 'exit'; readonly status: number }
  /** `reason` is one line that says what happened and where. */
  | { readonly kind: 'signal'; readonly signal: number; readonly reason: string };

/** What a process is made of. */
export interface ProcessParts {
  /** Full name of the process object, for messages. */
  readonly name: string;
  readonly ids: ProcessIds;
  readonly space: AddressSpace;
  readonly files: FileDescriptors;
  readonly access: FileAccess;
  readonly clock: SimulatedClock;
  /** Absolute path of the program. */
  readonly executable: string;
  /** The program's arguments, its own name first. */
  readonly commandLine: readonly string[];
  /** Absolute path of the working directory. */
  readonly cwd: string;
  /** Kernel version that uname(2) reports. */
  readonly release: string;
  readonly hostWait: HostWait;
  /** Where the program's random numbers come from; default: a source of its own. */
  readonly random?: Random;
}

const COMM_LENGTH = 15;

/** A program as its kernel sees it. */
export class ProcessState {
  readonly name: string;
  readonly ids: ProcessIds;
  readonly space: AddressSpace;
  readonly memory: UserMemory;
  readonly files: FileDescriptors;
  readonly access: FileAccess;
  readonly clock: SimulatedClock;
  readonly executable: string;
  readonly commandLine: readonly string[];
  readonly release: string;
  readonly hostWait: HostWait;
  cwd: string;
  /** Permission bits that new files do not get. */
  umask = 0o022;
  /** How nice the program is to others, -20 to 19: what setpriority(2) has set, and nothing else. */
  nice = 0;
  /** Name of the thread, as prctl(PR_GET_NAME) reports it. */
  comm: string;
  /** Where the program's random numbers come from: the same in every run. */
  readonly random: Random;
  readonly signalActions = new SignalActions();
  readonly timers = new IntervalTimers();
  /** The number of the next pipe. */
  nextPipe = 1;
  /** Set once, when the program has ended. */
  end: ProcessEnd | undefined;

  constructor(parts: ProcessParts) {
    this.name = parts.name;
    this.ids = parts.ids;
    this.space = parts.space;
    this.memory = new UserMemory(parts.space);
    this.files = parts.files;
    this.access = parts.access;
    this.clock = parts.clock;
    this.executable = parts.executable;
    this.commandLine = parts.commandLine;
    this.cwd = parts.cwd;
    this.release = parts.release;
    this.hostWait = parts.hostWait;
    this.comm = parts.executable.slice(parts.executable.lastIndexOf('/') + 1).slice(0, COMM_LENGTH);
    this.random = parts.random ?? new Random(parts.ids.pid);
  }

  /** Fills bytes with the program's next random numbers. */
  fillRandom(target: Uint8Array): void {
    for (let i = 0; i < target.length; i += 4) {
      const word = this.random.next32();
      for (let j = i; j < Math.min(i + 4, target.length); j++) target[j] = word >>> ((j - i) * 8);
    }
  }
}
