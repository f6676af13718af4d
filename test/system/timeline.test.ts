import { spawn } from 'node:child_process';
import {
  createReadStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import { commandPath, configPath, inFolder, runCommand } from '../support/command';
import { guestPath, runProgram, type ProgramRun } from '../support/guests';
import { itWithKvm } from '../support/kvm';
import { overlaps, parseTimeline, type TimelineRecord } from '../support/timeline';

const hello = configPath('hello.ts');
const readTimeline = (folder: string, name = 'm5out/trace.json'): TimelineRecord[] =>
  parseTimeline(readFileSync(join(folder, name), 'utf8'));
const named = (records: readonly TimelineRecord[], name: string): TimelineRecord[] =>
  records.filter(record => record.name === name);
const onTrack = (records: readonly TimelineRecord[], track: string): TimelineRecord[] =>
  records.filter(record => record.track === track);

/** A script with an object that schedules its own event so many times, then does `after`. */
const ticking = (times: number, after = ''): string => `
  const m5 = require('mini-gem5');
  const { Root } = require('mini-gem5/objects');
  const model = require('mini-gem5/model');
  const schema = model.defineSchema('Ticker', model.simObjectSchema, { description: 'Ticks' });
  class Ticker extends model.SimObject {
    static schema = schema;
    startup() {
      let left = ${times};
      const event = new model.EventFunctionWrapper(() => {
        if (--left > 0) this.schedule(event, this.curTick() + 1000);
        else this.simulation.exitSimLoop('ticked enough');
      }, this.name() + '.beat');
      this.schedule(event, 0);
    }
  }
  const TickerNode = model.nodeClass(Ticker, schema);
  m5.instantiate(new Root({ fullSystem: false, ticker: new TickerNode() }));
  m5.simulate();
  ${after}
`;

/** Runs a JavaScript text with its timeline recorded. */
function runTraced(text: string, folder: string, nodeOptions: readonly string[] = []): ProgramRun {
  writeFileSync(join(folder, 'script.js'), text);
  const command = [...nodeOptions, commandPath, '--quiet', '--trace-out', 'trace.json'];
  return runProgram(process.execPath, [...command, 'script.js'], { cwd: folder });
}

/** Waits for `body` with a new folder, and removes it afterwards. */
async function inFolderAsync(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mini-gem5-test-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs the command until its standard output says `word`, then sends a signal.
 * @returns its exit status, or the signal that ended it
 */
async function interrupt(
  args: readonly string[],
  folder: string,
  word: string,
  signal: NodeJS.Signals,
): Promise<number | NodeJS.Signals | null> {
  const child = spawn(process.execPath, [commandPath, '--quiet', ...args], { cwd: folder });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const before = stdout;
    stdout += chunk.toString();
    if (stdout.includes(word) && !before.includes(word)) child.kill(signal);
  });
  return new Promise(resolve => {
    child.on('exit', (status, by) => {
      resolve(status ?? by);
    });
  });
}

describe('mini-gem5 --trace-out', () => {
  itWithKvm('shows the guest’s runs with their exit reasons, and what the CPU is doing', () => {
    inFolder(folder => {
      const run = runCommand(['--trace-out', 'trace.json', hello], { cwd: folder });
      expect(run.stderr).to.equal('');
      expect(run.stdout).to.include('Hello, world!');
      expect(readdirSync(folder)).to.deep.equal(['m5out']);
      const records = readTimeline(folder);

      const runs = onTrack(records, 'simulated time/system.cpu KVM');
      expect(runs.length).to.be.greaterThan(2);
      for (const { ph, name, args, dur } of runs) {
        expect(ph).to.equal('X');
        expect(name).to.match(/^KVM(_RUN| half entry): [a-z-]+$/);
        expect(args['reason']).to.be.a('string');
        expect(args['hostUs']).to.be.at.least(0);
        expect(dur).to.be.greaterThan(0);
      }
      const calls = onTrack(records, 'host time/event loop').filter(({ cat }) => cat === 'KVM');
      expect(calls.map(({ name }) => name)).to.deep.equal(runs.map(({ name }) => name));

      for (const clock of ['simulated', 'host']) {
        const states = onTrack(records, `${clock} time/system.cpu status`).map(({ name }) => name);
        expect(states).to.include.members(['Idle', 'Running', 'RunningService']);
      }
      expect(overlaps(records, 0.002)).to.deep.equal([]);
    });
  });

  it('shows events of objects, phases, and why the run ended', () => {
    inFolder(folder => {
      const run = runCommand(['--trace-out', 'trace.json', hello], { cwd: folder });
      const tick = Number(/Exiting @ tick (\d+)/.exec(run.stdout)?.[1]);
      const records = readTimeline(folder);
      const ticks = named(onTrack(records, 'simulated time/system.cpu'), 'tick');
      expect(ticks.length).to.be.greaterThan(2);
      for (const { ts = NaN, args } of ticks) expect(ts * 1e6).to.be.closeTo(+args['tick']!, 0.5);
      const loop = onTrack(records, 'host time/event loop');
      expect(named(loop, 'system.cpu.tick')).to.have.lengthOf(ticks.length);
      const begun = loop.filter(({ ph }) => ph === 'B').map(({ name }) => name);
      expect(begun).to.deep.equal(['instantiate', 'startup', 'simulate']);
      const [exit] = named(loop, 'exiting with last active thread context');
      expect(exit?.args).to.deep.equal({ tick, code: 0 });
    });
  });

  it('compresses a file whose name ends in .gz, in a form that every viewer reads', () => {
    inFolder(folder => {
      const path = join(folder, 'elsewhere.json.gz');
      runCommand(['--trace-out', path, hello], { cwd: folder });
      const data = readFileSync(path);
      const text = gunzipSync(data).toString();
      expect(onTrack(parseTimeline(text), 'simulated time/system.cpu')).not.to.deep.equal([]);
      // A reader that stops after the first member has all of it.
      expect(inflateRawSync(data.subarray(10)).toString()).to.equal(text);
    });
  });

  it('is whole after a fatal error', () => {
    inFolder(folder => {
      const run = runTraced(ticking(3, `m5.fatal('enough');`), folder);
      expect(run.stderr).to.equal('fatal: enough\n');
      expect(run.status).to.equal(1);
      expect(named(readTimeline(folder), 'beat')).to.have.lengthOf(3);
    });
  });

  it('is whole after Ctrl-C, within a run and between runs, and after a kill', async () => {
    const trace = ['--trace-out', 'trace.json'];
    await inFolderAsync(async folder => {
      const spin = [...trace, configPath('se.ts'), '-c', guestPath('spin')];
      expect(await interrupt(spin, folder, 'spinning', 'SIGINT')).to.equal(130);
      expect(named(readTimeline(folder), 'user interrupt received')).not.to.deep.equal([]);
    });
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      await inFolderAsync(async folder => {
        const after = `require('fs').writeSync(1, 'waiting'); for (;;);`;
        writeFileSync(join(folder, 'script.js'), ticking(5, after));
        const status = await interrupt([...trace, 'script.js'], folder, 'waiting', signal);
        expect(status).to.equal(signal);
        expect(named(readTimeline(folder), 'beat')).to.have.lengthOf(5);
      });
    }
  });

  it('keeps nothing of a long run in memory', async () => {
    await inFolderAsync(async folder => {
      const [heapMiB, times] = [40, 250_000];
      const run = runTraced(ticking(times), folder, [`--max-old-space-size=${heapMiB}`]);
      expect(run.stderr).to.equal('');
      expect(run.status).to.equal(0);
      const path = join(folder, 'm5out', 'trace.json');
      expect(statSync(path).size).to.be.greaterThan(1.2 * heapMiB * 2 ** 20);
      let beats = 0;
      let last = '';
      for await (const line of createInterface(createReadStream(path))) {
        if (line.includes('"name":"beat"')) beats++;
        last = line;
      }
      expect(beats).to.equal(times);
      expect(last).to.equal(']');
    });
  });

  it('says in one line that the file cannot be written', () => {
    inFolder(folder => {
      const run = runCommand(['--trace-out', 'no/such/trace.json', hello], { cwd: folder });
      expect(run.stderr).to.match(
        /^fatal: cannot write '.*no\/such\/trace\.json': ENOENT: [^\n]*\n$/,
      );
      expect(run.status).to.equal(1);
    });
  });
});
