import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, resolve } from 'node:path';

/** The root of the repository, absolute. */
export const repositoryRoot = resolve(__dirname, '..', '..');

/** Folders that hold nothing of ours: installed, generated, or git's own. */
const FOREIGN = new Set(['node_modules', 'dist', 'coverage', 'm5out', '.git', 'build', 'api']);

const TEXT = new Set(
  '.ts .cjs .mjs .js .json .md .c .cpp .h .proto .py .sh .txt .yml .yaml .ini .out'.split(' '),
);
const TEXT_NAMES = new Set(['Makefile', 'LICENSE', 'NOTICE', 'run', '.gitignore']);

/** A folder that has this is the output directory of somebody's run. */
const OUTPUT = 'config.ini';

/** Paths of the project's own files under `folder`, relative to the root, sorted. */
export function projectFiles(folder = '.'): string[] {
  const found: string[] = [];
  const entries = readdirSync(join(repositoryRoot, folder), { withFileTypes: true });
  if (entries.some(({ name }) => name === OUTPUT)) return [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!FOREIGN.has(entry.name)) found.push(...projectFiles(path));
    } else if (entry.isFile()) {
      found.push(relative('.', path));
    }
  }
  return found.sort();
}

/** The text files among {@link projectFiles}; the lock file, which npm writes, is not one. */
export function textFiles(folder = '.'): string[] {
  return projectFiles(folder).filter(path => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name === 'package-lock.json') return false;
    return TEXT.has(extname(name)) || TEXT_NAMES.has(name);
  });
}

/** TypeScript files of `src`, declarations aside. */
export function sourceFiles(folder = 'src'): string[] {
  return projectFiles(folder).filter(path => path.endsWith('.ts') && !path.endsWith('.d.ts'));
}

/** The text of one file, by its path from the root. */
export function readText(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}

/** `path:line: text` for every line of the text files that matches. */
export function linesMatching(pattern: RegExp, files = textFiles()): string[] {
  return files.flatMap(path =>
    readText(path)
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 120)}`] : [],
      ),
  );
}

interface PackageJson {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}

/** The project's `package.json`. */
export function packageJson(): PackageJson {
  return JSON.parse(readText('package.json')) as PackageJson;
}
