/**
 * Scripts that fork, run through the real command: a process with V8's helper threads, such as the one
 * that runs the tests, cannot fork.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandPath, nodeOptions, runScriptText } from './command';
import { cpuParams, usualCpu, type GuestCpu } from './guestCpu';
import { guestPath, type ProgramRun } from './guests';

/**
 * The head of a script: a system whose CPU runs a guest program, instantiated.
 *
 * @param guest - the program's name and its arguments
 * @param process - further parameters of its process, as TypeScript
 * @param cpu - class of the CPU
 */
export function guestScript(
  guest: readonly string[],
  process = '',
  cpu: GuestCpu = usualCpu,
): string {
  const [name = '', ...args] = guest;
  const binary = JSON.stringify(guestPath(name));
  return `
    import * as fs from 'node:fs';
    import * as m5 from 'mini-gem5';
    import * as objects from 'mini-gem5/objects';
    const { AddrRange, Process, Root, SEWorkload, SimpleMemory, SrcClockDomain, System } = objects;
    const { SystemXBar, VoltageDomain } = objects;
    const system = new System({
      clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
      memRanges: [new AddrRange('128MiB')],
      ${cpuParams(cpu)}
      membus: new SystemXBar(),
      memory: new SimpleMemory({ range: new AddrRange('128MiB') }),
      workload: SEWorkload.initCompatible(${binary}),
    });
    system.cpu.icachePort = system.membus.cpuSidePorts;
    system.cpu.dcachePort = system.membus.cpuSidePorts;
    system.memory.port = system.membus.memSidePorts;
    system.systemPort = system.membus.cpuSidePorts;
    system.cpu.workload = new Process({
      cmd: [${binary}, ...${JSON.stringify(args)}],
      ${process}
    });
    const root = new Root({ fullSystem: false, system });
    m5.instantiate(root);
  `;
}

/** The head of a script: a system without a CPU, instantiated; its events are the script's own. */
export const plainScript = `
  import * as fs from 'node:fs';
  import * as m5 from 'mini-gem5';
  import { AddrRange, Root, SimpleMemory, SrcClockDomain, System, VoltageDomain } from 'mini-gem5/objects';
  const system = new System({
    clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
    memMode: 'atomic',
    memRanges: [new AddrRange('1MiB')],
    memory: new SimpleMemory({ range: new AddrRange('1MiB') }),
  });
  const root = new Root({ fullSystem: false, system });
  m5.instantiate(root);
`;

/** The lines that a run printed, gem5's own first line and empty ones left out, sorted. */
export function sortedLines({ stdout }: Pick<ProgramRun, 'stdout'>): string[] {
  return stdout
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('Global frequency'))
    .sort();
}

/** What is no complaint: warnings, and that a script which became another user writes no coverage. */
const HARMLESS = /^(?:warn: |\w+: Failed to \w+ coverage ).*\n/gm;

/** Runs a script in `folder` and gives its sorted lines; whatever it complains of is an error. */
export function linesOf(text: string, folder: string, options: readonly string[] = []): string[] {
  const run = runScriptText(text, folder, options);
  if (run.stderr.replaceAll(HARMLESS, '') !== '' || run.status !== 0) {
    throw new Error(`status ${String(run.status)}: ${run.stderr}${run.stdout}`);
  }
  return sortedLines(run);
}

/** A script that goes on in the background, in a process group of its own. */
export interface RunningScript {
  readonly pid: number;
  /** What it has printed so far. */
  output(): string;
  /** Waits until it has printed so many lines that match. */
  printed(pattern: RegExp, count?: number): Promise<void>;
  /** Waits for its end: the exit status, or the signal's name. */
  readonly ended: Promise<number | string>;
}

/** Starts a script in `folder`, with a process group of its own. */
export function startScript(
  text: string,
  folder: string,
  args: readonly string[] = [],
): RunningScript {
  writeFileSync(join(folder, 'script.ts'), text);
  const words = [...nodeOptions, commandPath, '--quiet', ...args, 'script.ts'];
  const child = spawn(process.execPath, words, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      for (const look of waiting) look();
    });
  }
  const ended = new Promise<number | string>(resolve => {
    child.on('close', (status, signal) => {
      resolve(status ?? signal ?? -1);
    });
  });
  return {
    pid: child.pid ?? 0,
    output: () => output,
    printed: (pattern, count = 1) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const all = new RegExp(pattern.source, 'gm');
          if ([...output.matchAll(all)].length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        void ended.then(() => {
          if (waiting.has(look)) reject(new Error(`never printed ${String(pattern)}: ${output}`));
        });
        look();
      }),
    ended,
  };
}

/** Whether a process runs: one that has ended and was not waited for does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${String(pid)}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** Waits until none of the processes runs. */
export async function allGone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await new Promise(resolve => setTimeout(resolve, 10));
}
