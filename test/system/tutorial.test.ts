import { spawnSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { commandPath, inFolder } from '../support/command';
import { runProgram } from '../support/guests';
import { noKvm } from '../support/kvm';
import { projectFiles, readText, repositoryRoot } from '../support/repository';

/** One run of a script of the tutorial. What it gives is in `golden/tutorial`. */
interface Run {
  /** As one types it after `mini-gem5`. */
  readonly command: string;
  readonly status?: number;
  /** The sections of config.ini that the tutorial shows. */
  readonly sections?: readonly string[];
  /** The lines of stats.txt that the tutorial shows. */
  readonly stats?: RegExp;
  /** Set when the tick at the end is the time that the host took. */
  readonly hostTime?: boolean;
}

const runs: readonly Run[] = [
  {
    command: 'configs/hello.ts',
    sections: ['system.memory'],
    stats: /^(?:simFreq|system\.clk_domain\.clock) /,
    hostTime: true,
  },
  { command: 'configs/tutorial/simpleObject.ts', sections: ['hello'] },
  { command: 'configs/tutorial/events.ts' },
  { command: 'configs/tutorial/helloGoodbye.ts', sections: ['goodbye', 'hello'] },
  { command: 'configs/tutorial/wrongUnit.ts', status: 1 },
  { command: 'configs/tutorial/simpleMemobj.ts', sections: ['system.memobj'] },
  { command: 'configs/tutorial/simpleMemobj.ts atomic' },
  { command: 'configs/tutorial/simpleCache.ts', sections: ['system.cache'] },
  { command: 'configs/tutorial/simpleCache.ts atomic' },
  {
    command: 'configs/tutorial/statistics.ts',
    stats: /^(?:simTicks|system\.(?:cache|generator)\.)/,
  },
];

const pages = projectFiles('docs/tutorial').filter(path => path.endsWith('.md'));
const listings = ['configs/hello.ts', ...projectFiles('configs/tutorial')];

const goldenFolder = 'test/system/golden/tutorial';

/** The file for one output of a run, such as `simpleCache-atomic.stats.out`. */
function goldenPath({ command }: Run, kind: '' | '.config' | '.stats'): string {
  const [script = '', ...args] = command.split(' ');
  return `${goldenFolder}/${[basename(script, '.ts'), ...args].join('-')}${kind}.out`;
}

/** Compares with the golden file; with MINI_GEM5_UPDATE_GOLDEN set, writes it first. */
function expectGolden(path: string, text: string): void {
  const file = join(repositoryRoot, path);
  if (process.env['MINI_GEM5_UPDATE_GOLDEN'] !== undefined) writeFileSync(file, text);
  expect(existsSync(file), `${path} exists`).to.equal(true);
  expect(text, path).to.equal(readFileSync(file, 'utf8'));
}

/** What a run without KVM says in addition. */
const inSoftware = /^info: Running on AtomicSimpleCPU, since .*\n/m;

/** What a terminal would show, both streams in their order, without this machine's paths. */
function runOnTerminal(run: Run, outdir: string): { status: number | null; terminal: string } {
  const [script = '', ...args] = run.command.split(' ');
  const file = join(outdir, 'terminal');
  const terminal = openSync(file, 'w');
  const options = ['--quiet', '--outdir', outdir, join(repositoryRoot, script), ...args];
  const child = spawnSync(process.execPath, [commandPath, ...options], {
    cwd: outdir,
    stdio: ['ignore', terminal, terminal],
  });
  closeSync(terminal);
  const printed = readFileSync(file, 'utf8').replaceAll(repositoryRoot, '.');
  const text = noKvm === null ? printed : printed.replace(inSoftware, '');
  return {
    status: child.status,
    terminal: run.hostTime === true ? text.replace(/@ tick \d+/g, '@ tick N') : text,
  };
}

/** The sections of a configuration file, in the order of `names`. */
function sectionsOf(config: string, names: readonly string[]): string {
  const sections = config.split('\n\n');
  return names.map(name => sections.find(text => text.startsWith(`[${name}]`)) ?? '').join('\n\n');
}

function linesOf(text: string, pattern: RegExp): string {
  return text
    .split('\n')
    .filter(line => pattern.test(line))
    .join('\n');
}

describe('The scripts of the tutorial', () => {
  for (const run of runs) {
    it(`give what the tutorial says: ${run.command}`, () => {
      inFolder(folder => {
        const { status, terminal } = runOnTerminal(run, folder);
        expectGolden(goldenPath(run, ''), terminal);
        expect(status).to.equal(run.status ?? 0);
        const written = (name: string): string => readFileSync(join(folder, name), 'utf8');
        if (run.sections !== undefined) {
          const sections = sectionsOf(written('config.ini'), run.sections);
          expectGolden(goldenPath(run, '.config'), `${sections}\n`);
        }
        if (run.stats !== undefined) {
          const lines = linesOf(written('stats.txt'), run.stats);
          expectGolden(goldenPath(run, '.stats'), `${lines}\n`);
        }
      });
    });
  }
});

describe('A project that installs mini-gem5', () => {
  it('compiles the models of the tutorial as its own, with declarations', () => {
    inFolder(folder => {
      cpSync(join(repositoryRoot, 'configs', 'tutorial'), folder, { recursive: true });
      mkdirSync(join(folder, 'node_modules'));
      symlinkSync(repositoryRoot, join(folder, 'node_modules', 'mini-gem5'));
      const types = join(repositoryRoot, 'node_modules', '@types');
      symlinkSync(types, join(folder, 'node_modules', '@types'));
      writeFileSync(join(folder, 'package.json'), '{ "name": "models" }');
      const tsc = join(repositoryRoot, 'node_modules', 'typescript', 'bin', 'tsc');
      const strictness = ['--strict', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes'];
      const platform = ['--target', 'es2023', '--module', 'node20', '--types', 'node'];
      const output = ['--declaration', '--outDir', 'out'];
      const scripts = listings
        .filter(path => path.startsWith('configs/tutorial/') && !path.includes('/models/'))
        .map(path => basename(path));
      const args = [tsc, ...strictness, ...platform, ...output, ...scripts];
      const run = runProgram(process.execPath, args, { cwd: folder });
      expect(run.stdout).to.equal('');
      expect(run.status).to.equal(0);
      expect(existsSync(join(folder, 'out', 'models', 'simpleCache.d.ts'))).to.equal(true);
    });
  });
});

describe('The hello example of the tutorial', () => {
  it('ends at the tick at which gem5 ends its own', () => {
    // gem5: tests/gem5/learning_gem5/ref/hello_goodbye. Both farewells are sixteen letters long.
    const golden = readText(`${goldenFolder}/helloGoodbye.out`);
    expect(golden).to.match(/^Exiting @ tick 10944163 because (?:Goodbye,? hello\W+)+Goo$/m);
  });
});

interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a page. */
function blocksOf(page: string): Block[] {
  const text = readText(page);
  return Array.from(text.matchAll(/^```(\w+)\n(.*?)\n```$/gms), match => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    language: match[1] ?? '',
    text: match[2] ?? '',
  }));
}

const blocks = pages.flatMap(blocksOf);

/** The lines without the indentation that all of them have. */
function withoutIndent(lines: readonly string[]): string {
  const indents = lines.filter(line => line !== '').map(line => line.search(/\S/));
  const least = Math.min(...indents);
  return lines.map(line => line.slice(least)).join('\n');
}

/** Whether the block is a run of whole lines of the text, however deeply indented. */
function isPartOf(block: string, text: string): boolean {
  const wanted = block.split('\n');
  const lines = text.split('\n');
  const dedented = withoutIndent(wanted);
  return lines.some(
    (_, start) => withoutIndent(lines.slice(start, start + wanted.length)) === dedented,
  );
}

/** `page:line` of the blocks of these languages that are in none of the files. */
function strangers(languages: readonly string[], files: readonly string[]): string[] {
  const texts = files.map(readText);
  const candidates = blocks.filter(({ language }) => languages.includes(language));
  expect(candidates.length, `blocks of ${languages.join(', ')}`).to.be.greaterThan(3);
  return candidates
    .filter(({ text }) => !texts.some(file => isPartOf(text, file)))
    .map(({ page, line }) => `${page}:${line}`);
}

describe('The tutorial', () => {
  it('shows code only of scripts that are run here', () => {
    expect(strangers(['ts'], listings)).to.deep.equal([]);
  });

  it('shows only output that a run has given', () => {
    expect(strangers(['text', 'ini'], projectFiles(goldenFolder))).to.deep.equal([]);
  });

  it('has no other kind of block than code, output and commands', () => {
    const known = ['ts', 'text', 'ini', 'sh'];
    expect(blocks.filter(({ language }) => !known.includes(language))).to.deep.equal([]);
  });

  it('runs every script it has, and tells how', () => {
    const told = blocks
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) => text.split('\n'))
      .flatMap(line => /^mini-gem5 (configs\/.*)$/.exec(line)?.[1] ?? []);
    expect([...new Set(told)].sort()).to.deep.equal(runs.map(({ command }) => command).sort());
    const scripts = listings.filter(path => !path.includes('/models/'));
    const run = new Set(runs.map(({ command }) => command.split(' ')[0]));
    expect(scripts.filter(path => !run.has(path))).to.deep.equal([]);
  });

  it('explains every listing: a page links to it', () => {
    const text = pages.map(readText).join('\n');
    expect(listings.filter(path => !text.includes(`(../../${path})`))).to.deep.equal([]);
  });

  it('leads from each chapter to the next', () => {
    const chapters = pages.filter(path => /\/\d\d-/.test(path));
    expect(chapters.length).to.equal(8);
    const contents = readText('docs/tutorial/README.md');
    chapters.forEach((path, index) => {
      expect(contents).to.include(`(${basename(path)})`);
      const next = chapters[index + 1];
      if (next !== undefined) expect(readText(path)).to.include(`(${basename(next)})`);
    });
  });
});
