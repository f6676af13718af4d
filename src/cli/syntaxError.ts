/** Turns what a compiler says of a script that does not parse into one line. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { FatalError } from '../base/index';

/**
 * @param error - what loading a script threw.
 * @returns a fatal error with file, line and column, or undefined if the error is of another kind.
 */
export function syntaxError(error: unknown): FatalError | undefined {
  const path = error instanceof Error ? fileThatDoesNotParse(error) : undefined;
  if (path === undefined) return undefined;
  // The parser of the TypeScript compiler gives exact places; the script runner has loaded it.
  const ts = require('typescript') as typeof import('typescript');
  const text = readFileSync(path, 'utf8');
  const { diagnostics = [] } = ts.transpileModule(text, {
    fileName: path,
    reportDiagnostics: true,
  });
  const first = diagnostics[0];
  const file = relative(process.cwd(), path);
  if (first?.file === undefined) {
    // Grammatical, yet wrong: two declarations of a name, for instance. V8 knows no place in the source.
    const reason =
      error instanceof Error && error.name === 'SyntaxError' ? `: ${error.message}` : '';
    return new FatalError(`syntax error in ${file}${reason}`);
  }
  const { line, character } = first.file.getLineAndCharacterOfPosition(first.start ?? 0);
  const message = ts.flattenDiagnosticMessageText(first.messageText, ' ').replace(/\.$/, '');
  const place = `${file}:${String(line + 1)}:${String(character + 1)}`;
  return new FatalError(`syntax error at ${place}: ${message}`);
}

/** The file of a parse error: of swc's report, or of V8's. */
function fileThatDoesNotParse(error: Error): string | undefined {
  if (error.message.includes('Syntax Error')) return /,-\[(.+):\d+:\d+\]/.exec(error.message)?.[1];
  if (error.name !== 'SyntaxError') return undefined;
  return /^(\/.+):\d+$/m.exec(error.stack ?? '')?.[1];
}
