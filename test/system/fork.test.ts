import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { inFolder, runScriptText } from '../support/command';
import { guestScript, linesOf, plainScript, sortedLines } from '../support/forking';
import { usualCpu } from '../support/guestCpu';

/** What follows a script's head; the child's lines begin with `child`, the parent's with `parent`. */
const whoami = `
  const say = (text: string): void => console.log((pid === 0 ? 'child ' : 'parent ') + text);
`;

/** Ends the run at tick 1000, and counts how often it has run. */
const counting = `
  const { EventFunctionWrapper } = require('mini-gem5/model');
  let served = 0;
  const simulation = m5.defaultM5().simulation;
  const event = new EventFunctionWrapper(() => {
    served++;
    simulation.eventQueue.schedule(event, m5.curTick() + 100);
  }, 'counter');
  simulation.eventQueue.schedule(event, 100);
`;

describe('m5.fork()', () => {
  it('goes on in two processes from the same tick, with an output directory each', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${plainScript}${counting}
        m5.simulate(1000);
        const pid = m5.fork();${whoami}
        say(m5.curTick() + ' ' + served);
        if (pid !== 0) say(pid !== process.pid && pid > 0 ? 'has a child' : 'has none');
        else say(process.pid === Number(fs.readlinkSync('/proc/self')) ? 'knows its pid' : 'errs');
        m5.simulate(pid === 0 ? 500 : 2000);
        say(m5.curTick() + ' ' + served);`,
        folder,
      );
      expect(lines).to.deep.equal(
        ['child 1000 10', 'child 1500 15', 'child knows its pid'].concat(
          ['parent 1000 10', 'parent 3000 30', 'parent has a child'], // sorted
        ),
      );
      const files = readdirSync(join(folder, 'm5out')).sort();
      expect(readdirSync(join(folder, 'm5out.f0')).sort()).to.deep.equal(files);
      expect(files).to.include.members(['config.ini', 'config.json', 'stats.txt', 'stats.json']);
      const ticks = (name: string): string | undefined =>
        /^finalTick +(\d+)/m.exec(readFileSync(join(folder, name, 'stats.txt'), 'utf8'))?.[1];
      expect([ticks('m5out'), ticks('m5out.f0')]).to.deep.equal(['3000', '1500']);
    });
  });

  it('goes on in both, each with a program’s memory and registers of its own', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${guestScript(['compute', '300'])}
        m5.simulate(1e9);
        const pid = m5.fork();${whoami}
        const exit = m5.simulate();
        say(exit.cause + ' ' + exit.code);`,
        folder,
      );
      expect(lines).to.have.length(4);
      expect(lines[0]).to.equal('child exiting with last active thread context 0');
      expect(lines[1]).to.equal('parent exiting with last active thread context 0');
      expect(lines[2]).to.match(/^rounds 300 checksum/);
      expect(lines[3]).to.equal(lines[2]);
    });
  });

  it('gives the child its guest’s files, with positions of their own', () => {
    inFolder(folder => {
      const input = Array.from({ length: 40_000 }, (_, i) => `line ${String(i)}\n`).join('');
      writeFileSync(join(folder, 'input.txt'), input);
      const lines = linesOf(
        `${guestScript(['cat'], "input: 'input.txt', output: 'copy.txt', errout: ''")}
        const size = (): number => fs.statSync('m5out/copy.txt').size;
        while (size() === 0) m5.simulate(${usualCpu === 'X86KvmCPU' ? '1e7' : '1e5'});
        const atFork = size();
        const pid = m5.fork();${whoami}
        const exit = m5.simulate();
        say(exit.cause + (atFork < ${String(input.length)} ? '' : ': too late'));`,
        folder,
      );
      expect(lines).to.deep.equal([
        'child exiting with last active thread context',
        'parent exiting with last active thread context',
      ]);
      expect(readFileSync(join(folder, 'm5out', 'copy.txt'), 'utf8')).to.equal(input);
      expect(readFileSync(join(folder, 'm5out.f0', 'copy.txt'), 'utf8')).to.equal(input);
    });
  });

  it('names the child’s output directory as it is told', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${plainScript}
        const pid = m5.fork('%(parent)s-%(fork_seq)02i');
        if (pid !== 0 && m5.fork('out/%(pid)i') === 0) console.log(String(process.pid));
        else if (pid === 0) m5.fork();
        m5.simulate(1);`,
        folder,
      );
      expect(readdirSync(folder).sort()).to.deep.equal(
        ['m5out', 'm5out-00', 'm5out-00.f0', 'out', 'script.ts'].sort(),
      );
      expect(readdirSync(join(folder, 'out'))).to.deep.equal(lines);
    });
  });

  it('gives the child a trace, a timeline and redirected output of its own or shared', () => {
    inFolder(folder => {
      const options = [
        '--debug-flags',
        'Event',
        '--debug-file',
        'trace.txt',
        '--trace-out',
        't.json',
      ];
      const text = `${plainScript}${counting}
        m5.simulate(1000);
        const pid = m5.fork();
        m5.simulate(pid === 0 ? 500 : 1000);`;
      const run = runScriptText(text, folder, options);
      expect(run.stderr).to.equal('');
      const trace = (name: string): string[] =>
        readFileSync(join(folder, name, 'trace.txt'), 'utf8').split('\n');
      const ticks = (name: string): number[] =>
        trace(name).flatMap(line => (line.includes('counter') ? [Number.parseInt(line)] : []));
      expect(ticks('m5out').filter(tick => tick > 1000)).not.to.deep.equal([]);
      expect(ticks('m5out.f0').every(tick => tick >= 1000)).to.equal(true);
      expect(Math.max(...ticks('m5out.f0'))).to.equal(1500);
      for (const name of ['m5out', 'm5out.f0']) {
        const timeline = JSON.parse(
          readFileSync(join(folder, name, 't.json'), 'utf8'),
        ) as unknown[];
        expect(timeline.length).to.be.greaterThan(5);
      }
    });
  });

  it('writes every line exactly once, also to a pipe that is read slowly and when killed', () => {
    inFolder(folder => {
      const text = `${plainScript}
        for (let i = 0; i < 3000; i++) console.log('before ' + i);
        const pid = m5.fork();${whoami}
        for (let i = 0; i < 3000; i++) say('after ' + i);
        process.on('exit', () => say('ends'));`;
      const lines = sortedLines(runScriptText(text, folder));
      expect(lines.length).to.equal(9002);
      expect(new Set(lines).size).to.equal(9002);
    });
  });

  it('leaves the parent’s exit status alone, and waits for its children', () => {
    inFolder(folder => {
      const run = runScriptText(
        `${plainScript}
        const pid = m5.fork();
        if (pid === 0) setTimeout(() => { console.log('late'); process.exitCode = 9; }, 200);
        else process.exitCode = 3;`,
        folder,
      );
      expect(run.status).to.equal(3);
      expect(run.stdout).to.contain('late');
    });
  });

  it('tells how a child has ended', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${plainScript}
        const child = (work: () => void): number => {
          const pid = m5.fork();
          if (pid === 0) { work(); process.exit(); }
          return pid;
        };
        const works = [
          () => {},
          () => { process.exitCode = 5; },
          () => process.exit(6),
          () => process.kill(process.pid, 'SIGKILL'),
          () => m5.fatal('no more'),
        ];
        const pids = works.map(child);
        Promise.all(pids.map(pid => m5.waitForChild(pid))).then(ends =>
          ends.forEach((end, i) => console.log(i + ' ' + JSON.stringify(end))));`
          .replaceAll('\n        ', '\n')
          .replace("m5.fatal('no more')", 'process.exit(1)'),
        folder,
      );
      expect(lines).to.deep.equal([
        '0 {"kind":"exited","code":0}',
        '1 {"kind":"exited","code":5}',
        '2 {"kind":"exited","code":6}',
        '3 {"kind":"killed","signal":"SIGKILL"}',
        '4 {"kind":"exited","code":1}',
      ]);
    });
  });

  it('leaves Node whole in the child: timers, files, programs, workers', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${plainScript}
        const { execFile } = require('node:child_process');
        const { Worker } = require('node:worker_threads');
        const pid = m5.fork();
        if (pid === 0) {
          // A worker that measures coverage waits for Node's inspector, which a child has not.
          delete process.env.NODE_V8_COVERAGE;
          process.on('beforeExit', () => console.log('nothing left'));
          setTimeout(() => console.log('timer'), 10);
          fs.readFile('script.ts', () => console.log('file'));
          execFile('echo', ['program'], (_: unknown, text: string) => console.log(text.trim()));
          new Worker("require('node:worker_threads').parentPort.postMessage('worker')", { eval: true })
            .on('message', (text: string) => console.log(text));
        }`,
        folder,
      );
      expect(lines).to.deep.equal(['file', 'nothing left', 'program', 'timer', 'worker']);
    });
  });

  it('continues random numbers in the child, or begins new ones where asked', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${plainScript}
        const random = m5.defaultM5().simulation.random.get('mine');
        random.next32();
        const same = m5.fork();
        if (same === 0) { console.log('same ' + random.next32()); process.exit(); }
        for (const seed of [1, 2]) {
          if (m5.fork(undefined, { randomSeed: seed }) === 0) {
            console.log('new ' + random.next32());
            process.exit();
          }
        }
        console.log('same ' + random.next32());`,
        folder,
      );
      const of = (kind: string): Set<string> => new Set(lines.filter(l => l.startsWith(kind)));
      expect(of('same').size).to.equal(1);
      expect(of('new').size).to.equal(2);
    });
  });

  it('forks twice in a row, and from a child to depth 4', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${guestScript(['hello'])}
        m5.fork() === 0 || m5.fork();
        let depth = 0;
        while (depth < 4 && m5.fork() === 0) depth++;
        const exit = m5.simulate();
        console.log('depth ' + depth + ' ' + exit.cause);`,
        folder,
      );
      for (let depth = 0; depth <= 4; depth++) {
        const line = `depth ${String(depth)} exiting with last active thread context`;
        expect(lines.filter(each => each === line)).to.have.length(3);
      }
      expect(lines.filter(line => line === 'Hello, world!')).to.have.length(15);
      expect(existsSync(join(folder, 'm5out.f0.f0.f0.f0.f0'))).to.equal(true);
    });
  });

  it('forks a hundred times from one parent, and neither side keeps a descriptor', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${guestScript(['hello'])}
        const open = (): number => fs.readdirSync('/proc/self/fd').length;
        m5.simulate(1);
        async function main() {
          // The first fork opens what later ones use again.
          let first = [0, 0];
          for (let i = 0; i < 100; i++) {
            const [outcome] = await m5.forkEach([i], () => {
              m5.simulate(1);
              return open();
            });
            if (outcome?.status !== 'done') throw new Error(JSON.stringify(outcome));
            if (i === 1) first = [open(), outcome.result];
            if (i === 99) console.log(String([open() - first[0], outcome.result - first[1]]));
          }
        }
        void main();`,
        folder,
      );
      expect(lines).to.deep.equal(['0,0']);
    });
  }).timeout(120_000);
});
