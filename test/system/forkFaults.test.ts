import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { commandPath, inFolder, inFolderAsync, runScriptText } from '../support/command';
import { allGone, guestScript, isAlive, linesOf, plainScript } from '../support/forking';
import { startScript } from '../support/forking';

/** Runs a script that ends by an error of the user's, and gives the one line that says so. */
function complaintOf(text: string, folder: string): string {
  const run = runScriptText(text, folder);
  expect(run.status, run.stderr + run.stdout).to.equal(1);
  const lines = run.stderr.split('\n').filter(line => line !== '' && !line.startsWith('warn:'));
  expect(lines).to.have.length(1);
  return lines[0] ?? '';
}

const tryFork = `
  const attempt = (): string => {
    try { return m5.fork() === 0 ? process.exit(0) : 'forked'; }
    catch (error) { return (error as any).kind + ' ' + (error as any).reason + ': ' + (error as any).message; }
  };
`;

describe('m5.fork() that cannot be', () => {
  it('is refused before instantiate()', () => {
    inFolder(folder => {
      const text = "import * as m5 from 'mini-gem5'; m5.fork();";
      expect(complaintOf(text, folder)).to.equal(
        'fatal: m5.instantiate(root) must be called before m5.fork()',
      );
    });
  });

  it('is refused within an event, and the run could go on', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${plainScript}${tryFork}
        const { EventFunctionWrapper } = require('mini-gem5/model');
        const event = new EventFunctionWrapper(() => console.log(attempt()), 'forker');
        m5.defaultM5().simulation.eventQueue.schedule(event, 100);
        console.log(m5.simulate(1000).cause);
        console.log('then ' + attempt());`,
        folder,
      );
      expect(lines).to.deep.equal([
        'fatal undefined: m5.fork() was called while the simulation is running; end the run first',
        'simulate() limit reached',
        'then forked',
      ]);
    });
  });

  it('is refused when an object does not drain, by name', () => {
    inFolder(folder => {
      const text = `
        import * as m5 from 'mini-gem5';
        import { Root } from 'mini-gem5/objects';
        import { defineSchema, nodeClass, SimObject, simObjectSchema } from 'mini-gem5/model';
        class Stubborn extends SimObject {
          static override readonly schema = defineSchema('Stubborn', simObjectSchema, { description: 'x' });
          override drain() { return 'Draining' as const; }
        }
        const Node = nodeClass(Stubborn);
        m5.instantiate(new Root({ fullSystem: false, stubborn: new Node() }));
        m5.fork();`;
      expect(complaintOf(text, folder)).to.contain('stubborn');
    });
  });

  it('is refused for memory in a shared segment', () => {
    inFolder(folder => {
      const name = `mini-gem5-fork-${String(process.pid)}`;
      const text = plainScript.replace(
        "memMode: 'atomic',",
        `memMode: 'atomic', sharedBackstore: '${name}', autoUnlinkSharedBackstore: true,`,
      );
      expect(complaintOf(`${text} m5.fork();`, folder)).to.match(
        new RegExp(`cannot fork: the memory of system is in the shared segment '${name}'.*leave`),
      );
    });
  });

  it('is refused without the option of Node that it needs, which the message names', () => {
    inFolder(folder => {
      writeFileSync(join(folder, 'script.ts'), `${plainScript} m5.fork();`);
      const run = spawnSync(process.execPath, [commandPath, '--quiet', 'script.ts'], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(run.status).to.equal(1);
      expect(run.stderr).to.match(/^fatal: forking needs Node's option --single-threaded.*\n$/);
    });
  });

  it('is refused while worker threads run, and works when they have ended', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${plainScript}${tryFork}
        const { Worker } = require('node:worker_threads');
        const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
        worker.on('online', async () => {
          console.log('1 ' + attempt());
          await worker.terminate();
          console.log('2 ' + attempt());
        });`,
        folder,
      );
      expect(lines).to.deep.equal([
        '1 fork live-workers: cannot fork while a worker thread is running; end them first',
        '2 forked',
      ]);
    });
  });

  it('is refused while file operations are under way, and works when they are done', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${plainScript}${tryFork}
        fs.readFile('script.ts', () => console.log('2 ' + attempt()));
        console.log('1 ' + attempt());`,
        folder,
      );
      expect(lines).to.deep.equal([
        '1 fork requests: cannot fork while file operations or name lookups (1) are under way; await them first',
        '2 forked',
      ]);
    });
  });

  it('is refused for an output directory that nothing is known of, or the parent’s own', () => {
    inFolder(folder => {
      expect(complaintOf(`${plainScript} m5.fork('x%(seq)i');`, folder)).to.contain("'%(seq)i'");
      expect(complaintOf(`${plainScript} m5.fork('x%d');`, folder)).to.contain("'%d'");
      expect(complaintOf(`${plainScript} m5.fork('%(parent)s');`, folder)).to.contain('own');
    });
  });

  it('is a typed error at the limit of processes, and the parent goes on', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${guestScript(['hello'])}${tryFork}
        const { execFileSync } = require('node:child_process');
        // The superuser has no limit; anybody may lower their own.
        const limit = (number: string): void =>
          void execFileSync('prlimit', ['--pid', String(process.pid), '--nproc=' + number + ':']);
        m5.simulate(1);
        limit('1');
        if (process.getuid?.() === 0) process.setuid?.(100000 + process.pid);
        console.log(attempt());
        console.log(m5.simulate().cause);`,
        folder,
        ['--stats-file', '', '--json-stats', ''], // files of another user
      );
      const refusals = lines.filter(line => line.startsWith('fork '));
      expect(refusals).to.have.length(1);
      expect(refusals[0]).to.match(/^fork host: the host cannot fork: .*\(EAGAIN\); end other/);
      expect(lines).to.include.members([
        'Hello, world!',
        'exiting with last active thread context',
      ]);
    });
  });
});

const family = `${plainScript}
  const { EventFunctionWrapper } = require('mini-gem5/model');
  const simulation = m5.defaultM5().simulation;
  const event = new EventFunctionWrapper(() => {
    if (m5.curTick() === 1000) console.log('pid ' + process.pid); // it is running
    simulation.eventQueue.schedule(event, m5.curTick() + 1);
  }, 'for ever');
  simulation.eventQueue.schedule(event, 1);
  let depth = 0;
  while (depth < 3 && m5.fork() === 0) depth++;
  const exit = m5.simulate();
  console.log(exit.cause + ' ' + exit.code);
`;

/** The processes that a script of {@link family} has told of. */
const pidsIn = (output: string): number[] =>
  Array.from(output.matchAll(/^pid (\d+)$/gm), match => Number(match[1]));

describe('A family of forked processes', () => {
  it('gets Ctrl-C once each, and ends in good order', async () => {
    await inFolderAsync(async folder => {
      const script = startScript(family, folder);
      await script.printed(/^pid \d+$/, 4);
      process.kill(-script.pid, 'SIGINT');
      expect(await script.ended).to.equal(0);
      const ends = script.output().match(/^user interrupt received 130$/gm);
      expect(ends).to.have.length(4);
      await allGone(pidsIn(script.output()));
    });
  });

  it('ends when its first member is killed', async () => {
    await inFolderAsync(async folder => {
      const script = startScript(family, folder);
      await script.printed(/^pid \d+$/, 4);
      const pids = pidsIn(script.output());
      expect(pids.filter(isAlive)).to.have.length(4);
      process.kill(script.pid, 'SIGKILL');
      expect(await script.ended).to.equal('SIGKILL');
      await allGone(pids);
    });
  });
});
