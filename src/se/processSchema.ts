/** The parameters of a process. Source: gem5 `sim/Process.py`. */
import { defineSchema, param, Parent, simObjectSchema, vectorParam } from '../sim/index';
import type { ParamsOf } from '../sim/index';
import type { System } from '../mem/index';
import { LIBRARY_FOLDERS } from './fileAccess';

export const processSchema = defineSchema('Process', simObjectSchema, {
  description: 'A program that runs on emulated system calls',
  params: {
    cmd: vectorParam.String('command line: the program and its arguments'),
    executable: param.String('', 'the program, where it is not the first word of cmd'),
    env: vectorParam.String([], 'environment, as NAME=value'),
    cwd: param.String(() => globalThis.process.cwd(), 'working directory'),
    input: param.String('cin', "file for standard input, or 'cin'"),
    output: param.String('cout', "file for standard output, or 'cout'"),
    errout: param.String('cerr', "file for standard error, or 'cerr'"),
    readablePaths: vectorParam.String(
      () => ['.', ...LIBRARY_FOLDERS],
      'host files and folders that the program may read, relative to cwd; besides them always ' +
        'itself and what it may write',
    ),
    writablePaths: vectorParam.String(
      [],
      'host files and folders that the program may write, relative to cwd; besides them always ' +
        'the output directory',
    ),
    maxStackSize: param.MemorySize('64MiB', 'most bytes that the stack can have', {
      outputName: 'maxStackSize',
    }),
    uid: param.Int(100, 'user id'),
    euid: param.Int(100, 'effective user id'),
    gid: param.Int(100, 'group id'),
    egid: param.Int(100, 'effective group id'),
    pid: param.Int(100, 'process id'),
    ppid: param.Int(0, 'parent process id'),
    pgid: param.Int(100, 'process group id'),
    hostTime: param.Bool(
      false,
      "the date and the time of day are the host's, so that no two runs are the same; without it " +
        'they are simulated time, from 9 September 2001 on',
    ),
    release: param.String('5.1.0', 'version of Linux that the program is told'),
    system: param.SimObject<System>('System', Parent.any, 'system that the program runs on'),
  },
});

/** Parameters of a `Process`. */
export type ProcessParams = ParamsOf<typeof processSchema>;
