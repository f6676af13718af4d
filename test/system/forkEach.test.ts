import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { configPath, inFolder, inFolderAsync, runCommand } from '../support/command';
import { allGone, guestScript, linesOf, plainScript, startScript } from '../support/forking';

/** Prints what came of each value: `show` gives the interesting part. */
const report = (call: string, show: string): string => `
  ${call}.then(outcomes => {
    for (const outcome of outcomes) console.log(outcome.value + ' ' + outcome.status + ' ' + ${show});
  });`;

describe('m5.forkEach()', () => {
  it('runs its body in a child for each value, and gives typed results in order', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${guestScript(['hello'], "output: 'hello.txt'")}
        void m5.forkEach([2, 1, 3] as const, value => {
          const exit = m5.simulate();
          return { pid: process.pid, twice: new Map([[value, 2n * BigInt(value)]]), code: exit.code };
        }, { parallel: 2 }).then(outcomes => {
          const pids = new Set<number>();
          for (const outcome of outcomes) {
            if (outcome.status !== 'done') throw new Error(JSON.stringify(outcome));
            const { result, report, value, outdir } = outcome;
            const text = fs.readFileSync(outdir + '/hello.txt', 'utf8').split('\\n')[0];
            pids.add(result.pid);
            const ticks = report.stats['finalTick'] === report.exit?.tick;
            console.log([value, result.twice.get(value), report.exit?.cause, ticks, text].join('; '));
          }
          console.log(pids.size + ' pids, parent ran ' + m5.curTick());
        });`,
        folder,
      );
      const end = 'exiting with last active thread context; true; Hello, world!';
      expect(lines).to.deep.equal([
        `1; 2; ${end}`,
        `2; 4; ${end}`,
        '3 pids, parent ran 0',
        `3; 6; ${end}`,
      ]);
    });
  });

  it('reports children that throw, end early, are killed or take too long; the rest go on', () => {
    inFolder(folder => {
      const lines = linesOf(
        plainScript +
          report(
            `m5.forkEach(['throw', 'fatal', 'async', 'exit', 'kill', 'hang', 'function', 'fine'], async what => {
              if (what === 'throw') throw new TypeError('no');
              if (what === 'fatal') m5.fatal('change it');
              if (what === 'async') { await new Promise(r => setTimeout(r, 10)); throw 'text'; }
              if (what === 'exit') process.exit(7);
              if (what === 'kill') process.kill(process.pid, 'SIGKILL');
              if (what === 'hang') for (;;);
              return what === 'function' ? () => 1 : 5;
            }, { timeout: 5000, parallel: 8 })`,
            `('error' in outcome ? outcome.error.name + ' ' + outcome.error.message
              : 'code' in outcome ? outcome.code : 'signal' in outcome ? outcome.signal
              : 'result' in outcome ? outcome.result : '')`,
          ),
        folder,
      );
      expect(lines).to.deep.equal([
        'async failed string text',
        'exit exited 7',
        'fatal failed FatalError change it',
        'fine done 5',
        'function failed Error ()=>1 could not be cloned.',
        'hang timed-out ',
        'kill killed SIGKILL',
        'throw failed TypeError no',
      ]);
    });
  });

  it('waits for one of its children where the host has no room for more', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${plainScript}
        const { execFileSync } = require('node:child_process');
        // The superuser has no limit; anybody may lower their own.
        fs.chmodSync('.', 0o777);
        if (process.getuid?.() === 0) process.setuid?.(100000 + process.pid);
        const status = fs.readFileSync('/proc/self/status', 'latin1');
        const processes = Number(/^Threads:.*?([0-9]+)/m.exec(status)?.[1]) + 1;
        execFileSync('prlimit', ['--pid', String(process.pid), '--nproc=' + processes + ':']);
        const count = (): number => fs.readdirSync('running').length;
        fs.mkdirSync('running');
        void m5.forkEach([1, 2, 3], async value => {
          fs.writeFileSync('running/' + value, '');
          const all = count();
          await new Promise(r => setTimeout(r, 100));
          fs.rmSync('running/' + value);
          return all;
        }, { parallel: 3 }).then(outcomes => {
          for (const outcome of outcomes) {
            console.log(outcome.value + ' ' + ('result' in outcome ? outcome.result : JSON.stringify(outcome)));
          }
        });`,
        folder,
        ['--stats-file', '', '--json-stats', ''], // files of another user
      );
      expect(lines).to.deep.equal(['1 1', '2 1', '3 1']);
    });
  });

  it('runs no more children at once than it may', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${plainScript}
        const log = (text: string): void => fs.appendFileSync('log.txt', text + '\\n');
        void m5.forkEach([1, 2, 3, 4, 5, 6], async () => {
          log('+'); await new Promise(r => setTimeout(r, 100)); log('-');
        }, { parallel: 2 }).then(all => console.log(all.map(({ status }) => status).join(' ')));`,
        folder,
      );
      expect(lines).to.deep.equal(['done done done done done done']);
      let running = 0;
      const counts = readFileSync(join(folder, 'log.txt'), 'utf8')
        .trim()
        .split('\n')
        .map(sign => (running += sign === '+' ? 1 : -1));
      expect(Math.max(...counts)).to.equal(2);
    });
  });

  it('carries results of many megabytes, and works within a child', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${plainScript}
        void m5.forkEach([8_000_000], async size => {
          const inner = await m5.forkEach([size], n => new Uint8Array(n).fill(7), { parallel: 1 });
          const [first] = inner;
          return first?.status === 'done' ? first.result : inner;
        }).then(([outcome]) => {
          if (outcome?.status !== 'done' || !(outcome.result instanceof Uint8Array)) throw outcome;
          console.log(outcome.result.length + ' ' + outcome.result.every(byte => byte === 7));
        });`,
        folder,
      );
      expect(lines).to.deep.equal(['8000000 true']);
    });
  });

  it('refuses, once, to split what is not there yet', () => {
    inFolder(folder => {
      const lines = linesOf(
        `import * as m5 from 'mini-gem5';
        await m5.forkEach([1, 2, 3], () => 1).catch(error => console.log(error.message));`,
        folder,
      );
      expect(lines).to.deep.equal(['m5.forkEach() needs a system; call m5.instantiate() first']);
    });
  });

  it('refuses a wrong number of children, and no time at all', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${plainScript}
        for (const options of [{ parallel: 0 }, { timeout: 0 }, { timeout: NaN }])
          await m5.forkEach([1], () => 1, options).catch(error => console.log(error.message));
        // Longer than a timer of Node can be.
        console.log((await m5.forkEach([1], () => 1, { timeout: 1e10 }))[0]?.status);`,
        folder,
      );
      expect(lines).to.deep.equal([
        'done',
        'parallel is 0; it must be a whole number, at least 1',
        'timeout is 0; it must be a number of milliseconds, above 0',
        'timeout is NaN; it must be a number of milliseconds, above 0',
      ]);
    });
  });

  it('leaves no child behind when its parent ends', async () => {
    await inFolderAsync(async folder => {
      const script = startScript(
        `${plainScript}
        void m5.forkEach([1, 2], () => { console.log('pid ' + process.pid); for (;;); }, { parallel: 2 });
        setTimeout(() => process.exit(4), 300);`,
        folder,
      );
      await script.printed(/^pid \d+$/, 2);
      expect(await script.ended).to.equal(4);
      const pids = Array.from(script.output().matchAll(/^pid (\d+)$/gm), match => Number(match[1]));
      await allGone(pids);
    });
  });
});

describe('configs/fork-sweep.ts', () => {
  it('measures eight design points in children of one fast-forward', () => {
    inFolder(folder => {
      const run = runCommand([configPath('fork-sweep.ts')], { cwd: folder });
      expect(run.stderr).to.equal('');
      expect(run.status).to.equal(0);
      const rows = run.stdout.split('\n').flatMap(line => {
        const cells = line.split('│').map(cell => cell.trim());
        return cells[1]?.endsWith('Hz') === true ? [cells.slice(1, -1)] : [];
      });
      const clocks = ['4GHz', '4GHz', '2GHz', '2GHz', '1GHz', '1GHz', '500MHz', '500MHz'];
      expect(rows.map(([clock]) => clock)).to.deep.equal(clocks);
      const times = rows.map(row => Number(row[3]));
      // Slower clocks and slower memories take longer.
      for (const latency of [0, 1]) {
        const column = times.filter((_, i) => i % 2 === latency);
        expect(column).to.deep.equal([...column].sort((a, b) => a - b));
      }
      for (let i = 0; i < 8; i += 2) expect(times[i]).to.be.lessThan(times[i + 1] ?? 0);
      expect(new Set(rows.map(row => row[2])).size, 'the same instructions').to.equal(1);
      for (const row of rows) {
        const stats = readFileSync(join(folder, row[6] ?? '', 'stats.txt'), 'utf8');
        expect(stats).to.contain('system.timing_cpu.ipc');
      }
    });
  });
});

/** Sends lines to a fork server, says that there are no more, and gives the answers. */
function ask(path: string, requests: readonly string[]): Promise<Record<string, unknown>[]> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ path, allowHalfOpen: true }, () => {
      socket.end(requests.map(request => `${request}\n`).join(''));
    });
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('end', () => {
      const lines = text.split('\n').slice(0, -1);
      resolve(lines.map(line => JSON.parse(line) as Record<string, unknown>));
    });
    socket.on('error', reject);
  });
}

const server = `${guestScript(['compute', '300'])}
  m5.simulate(1e9);
  let warm = m5.curTick();
  export function serve(request: any) {
    if (request.die) process.kill(process.pid, 'SIGKILL');
    if (request.circle) return (request.circle = request);
    const exit = m5.simulate(request.ticks);
    return { cause: exit.cause, same: warm, pid: process.pid };
  }
`;

describe('mini-gem5 serve-forks', () => {
  it('answers each request from a fork of the warmed-up simulation', async () => {
    await inFolderAsync(async folder => {
      const socket = join(folder, 'socket');
      const script = startScript(server, folder, ['serve-forks', socket]);
      await script.printed(/^Serving forks/);
      const answers = await ask(socket, [
        '{"id":1,"ticks":1e6}',
        '{"id":2}',
        '{"id":3,"die":true}',
        '{"id":4,"circle":true}',
      ]);
      const byId = new Map(answers.map(answer => [answer['id'], answer]));
      expect(byId.get(1)).to.deep.include({ status: 'done' });
      const [one, two] = [byId.get(1)?.['result'], byId.get(2)?.['result']] as Record<
        string,
        unknown
      >[];
      expect(one?.['cause']).to.equal('simulate() limit reached');
      expect(two?.['cause']).to.equal('exiting with last active thread context');
      expect(one?.['same']).to.equal(two?.['same']);
      expect(one?.['pid']).not.to.equal(two?.['pid']);
      expect(byId.get(3)).to.deep.include({ status: 'killed', signal: 'SIGKILL' });
      expect(JSON.stringify(byId.get(4))).to.match(/"failed".*cannot be written as JSON/);
      const [bad] = await ask(socket, ['not JSON']);
      expect(bad).to.deep.include({ status: 'failed' });
      process.kill(script.pid, 'SIGTERM');
      expect(await script.ended).to.equal(0);
      expect(script.output()).to.contain('No more forks are served');
    });
  });

  it('says what is wrong with script or socket', () => {
    inFolder(folder => {
      const config = join(folder, 'none.js');
      const run = (...args: string[]): string => runCommand(args, { cwd: folder }).stderr;
      expect(run('serve-forks', 'socket', config)).to.equal(
        `fatal: cannot find the script '${config}'\n`,
      );
      expect(run('serve-forks', 'socket')).to.contain("missing required argument 'script'");
    });
  });
});
