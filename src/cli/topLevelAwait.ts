/** `await` at the top level of a script, which CommonJS knows nothing of. */
import { compileFunction } from 'node:vm';

/** What Node's loader hands to a CommonJS module. */
const ModuleParameters = ['exports', 'require', 'module', '__filename', '__dirname'];

/** Where {@link inAsyncFunction} leaves the script's promise on its `module`. */
export interface AwaitedModule {
  settled?: Promise<void>;
}

/** Whether the code of a CommonJS module does not parse for `await`s at its top level. */
export function awaitsAtTopLevel(code: string): boolean {
  return /\bawait\b/.test(code) && !parses(code) && parses(inAsyncFunction(code));
}

/** The code as the body of an async function: it runs as far as its first `await` when it is loaded. */
export function inAsyncFunction(code: string): string {
  // All in the first line: line numbers stay.
  return `module.settled = (async () => { ${code}\n})();`;
}

function parses(code: string): boolean {
  try {
    compileFunction(code, ModuleParameters);
    return true;
  } catch {
    return false;
  }
}
