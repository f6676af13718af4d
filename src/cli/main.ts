#!/usr/bin/env node
/** The `mini-gem5` command. */
import { runCommand } from './command';

void runCommand(process.argv.slice(2));
