#!/usr/bin/env node
/** The `mini-gem5` command. */
import { runCommand } from './command';

runCommand(process.argv.slice(2));
