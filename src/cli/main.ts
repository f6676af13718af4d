#!/usr/bin/env -S node --single-threaded --v8-pool-size=1
/** The `mini-gem5` command. The options let a simulation fork; see docs/fork.md. */
import { join } from 'node:path';
import type { runCommand } from './command';
import { CompiledFile } from './compiledFile';
import { inlineMore } from './inlineMore';

interface Command {
  readonly runCommand: typeof runCommand;
}

const args = process.argv.slice(2);
// Before anything is loaded: code that is kept fits only the switches that it was compiled with.
inlineMore();
if (process.env['NODE_V8_COVERAGE'] === undefined) {
  // All of the modules in one file, which the build makes: docs/decisions/0012.
  const file = new CompiledFile(join(__dirname, 'bundle.js'));
  const command = file.load() as Command;
  command.runCommand(args, () => {
    file.keep();
  });
} else {
  // Code that comes out of a file is not counted, and what is to be measured are the modules.
  (require('./command') as Command).runCommand(args);
}
