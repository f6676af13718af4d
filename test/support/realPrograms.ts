/** Programs of the host's distribution, run natively and in the simulator, and what they leave behind. */
import { accessSync, constants, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { commandPath, configPath } from './command';
import { ModelMachine, type Model } from './cpuModels';
import { runProgram, type ProgramRun } from './guests';

/** What to run, and in which folder. */
export interface RealRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly input?: string;
  /** Fills the empty working directory. */
  readonly prepare?: (folder: string) => void;
}

/** How a run went. */
export interface RealOutcome extends ProgramRun {
  /** Every file below the working directory, by its path: kind, permissions and contents. */
  readonly files: Readonly<Record<string, string>>;
}

const ENVIRONMENT: Readonly<Record<string, string>> = {
  ...{ PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', HOME: '/nonexistent', NAME: 'value' },
};

/** The path of a program of the host, undefined when it is not installed. */
export function installed(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders
    .map(folder => join(folder, program))
    .find(path => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function pathOf(program: string): string {
  const path = installed(program);
  if (path === undefined) throw new Error(`${program} is not installed`);
  return path;
}

function filesBelow(folder: string, prefix = ''): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(join(folder, prefix)).sort()) {
    const relative = join(prefix, name);
    const path = join(folder, relative);
    const stat = lstatSync(path);
    const mode = (stat.mode & 0o7777).toString(8);
    if (stat.isSymbolicLink()) {
      files[relative] = `link to ${readlinkSync(path)}`;
    } else if (stat.isDirectory()) {
      files[relative] = `folder ${mode}`;
      Object.assign(files, filesBelow(folder, relative));
    } else {
      files[relative] = `file ${mode} ${readFileSync(path, 'latin1')}`;
    }
  }
  return files;
}

/** A new, empty working directory of the same name for each run, since programs may print it. */
function inWorkingDirectory(base: string, run: RealRun, body: (work: string) => ProgramRun) {
  const work = join(base, 'work');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  run.prepare?.(work);
  const result = body(work);
  return { ...result, files: filesBelow(work) };
}

/** Runs a program on the host's own processor. */
export function runNatively(base: string, run: RealRun): RealOutcome {
  return inWorkingDirectory(base, run, cwd =>
    runProgram(pathOf(run.program), run.args, { cwd, input: run.input ?? '', env: ENVIRONMENT }),
  );
}

/** A run on a certain model. */
export interface ModelRun {
  readonly outcome: RealOutcome;
  /** Instructions, and of them those of each kind. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Runs it on a software model of this process, where it may write its working directory. */
export function runOnModel(base: string, run: RealRun, model: Model): ModelRun {
  let counts = {};
  const outcome = inWorkingDirectory(base, run, cwd => {
    const input = join(base, 'stdin');
    writeFileSync(input, run.input ?? '');
    const env = Object.entries(ENVIRONMENT).map(([key, value]) => `${key}=${value}`);
    const more = { cwd, input, env, writablePaths: ['.'] };
    const command = [pathOf(run.program), ...run.args] as const;
    const machine = new ModelMachine([model], command, undefined, {}, more);
    try {
      const { code, output } = machine.ending(machine.m5.simulate());
      counts = { insts: machine.insts(), ...machine.kinds() };
      return { status: code, stdout: output, stderr: machine.errors() };
    } finally {
      machine.dispose();
    }
  });
  return { outcome, counts };
}

/** Runs it in the simulator, where it may write its working directory. */
export function runSimulated(base: string, run: RealRun): RealOutcome & { readonly log: string } {
  let log = '';
  const outcome = inWorkingDirectory(base, run, cwd => {
    const out = join(base, 'm5out');
    rmSync(out, { recursive: true, force: true });
    writeFileSync(join(base, 'stdin'), run.input ?? '');
    const environment = Object.entries(ENVIRONMENT).flatMap(([key, value]) => [
      '--env',
      `${key}=${value}`,
    ]);
    const path = pathOf(run.program);
    const readable = [join(__dirname, '..'), '/etc/passwd', '/etc/group'];
    const options = ['--writable', '.', ...readable.flatMap(path => ['--readable', path])];
    const streams = ['--input', join(base, 'stdin'), '--output', 'out', '--errout', 'err'];
    const command = [
      ...[commandPath, '--quiet', '--outdir', out, configPath('se.ts')],
      ...[...streams, ...options, ...environment, '-c', path, '--', ...run.args],
    ];
    const { status, stdout, stderr } = runProgram(process.execPath, command, { cwd });
    log = stdout + stderr;
    const written = (name: string): string => {
      try {
        return readFileSync(join(out, name), 'utf8');
      } catch {
        return '(no such file)';
      }
    };
    return { status, stdout: written('out'), stderr: written('err') };
  });
  return { ...outcome, log };
}
