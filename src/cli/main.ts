#!/usr/bin/env -S node --single-threaded --v8-pool-size=1
/** The `mini-gem5` command. The option lets a simulation fork; see docs/fork.md. */
import { runCommand } from './command';

runCommand(process.argv.slice(2));
