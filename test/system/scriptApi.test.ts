import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { inFolder, runScriptText } from '../support/command';

/** A tree with a clock, and `at(tick, action)` to have something happen. */
const preamble = `
import * as m5 from 'mini-gem5';
import { Root, SrcClockDomain, VoltageDomain } from 'mini-gem5/objects';
import { EventFunctionWrapper } from 'mini-gem5/model';
const clk = new SrcClockDomain({ clock: '1MHz', voltageDomain: new VoltageDomain() });
const root = new Root({ fullSystem: false, clk });
const { eventQueue } = m5.defaultM5().simulation;
function at(tick: number, action: () => void): void {
  eventQueue.schedule(new EventFunctionWrapper(action, 'action'), tick);
}
function run(ticks?: number): void {
  const exit = m5.simulate(ticks);
  console.log(exit.tick + ' ' + exit.cause);
}
`;

interface Outcome {
  readonly lines: string[];
  readonly errors: string;
  readonly stats: string;
}

/** Runs a script that ends well. */
function outcome(script: string): Outcome {
  return inFolder(folder => {
    const run = runScriptText(preamble + script, folder);
    expect(run.status, run.stderr).to.equal(0);
    const stats = readFileSync(join(folder, 'm5out', 'stats.txt'), 'utf8');
    return { lines: run.stdout.trimEnd().split('\n'), errors: run.stderr, stats };
  });
}

function ticksOfDumps(stats: string): string[] {
  return Array.from(stats.matchAll(/^(simTicks|finalTick) +(\d+)/gm), ([, , tick]) => tick ?? '');
}

describe('A script', () => {
  it('may await at its top level, as may none of the files that it imports', () => {
    const { lines } = outcome(`
      m5.instantiate(root);
      const exit = await m5.simulateAsync({ ticks: 5 });
      for await (const word of ['one', 'two']) console.log(word, exit.tick);
    `);
    expect(lines.slice(1)).to.deep.equal(['one 5', 'two 5']);
    inFolder(folder => {
      const late = runScriptText(`await null;\nthrow new Error('late');\n`, folder);
      expect(late.status).to.equal(1);
      expect(late.stderr).to.match(/^Error: late\n.*script\.ts:2:7/);
      renameSync(join(folder, 'script.ts'), join(folder, 'part.ts'));
      expect(runScriptText(`import './part';\n`, folder).stderr).to.equal(
        'fatal: part.ts awaits at its top level: only the script itself may\n',
      );
    });
  });

  it('ends runs at ticks of its choice', () => {
    const { lines } = outcome(`
      m5.instantiate(root);
      m5.setMaxTick(3000);
      m5.scheduleTickExitFromCurrent(1000);
      m5.scheduleTickExitAbsolute(1500, 'my own reason');
      console.log(m5.getMaxTick(), m5.getTicksUntilMax());
      run();
      run();
      console.log(m5.getMaxTick(), m5.getTicksUntilMax());
      run();
      run(500);
    `);
    expect(lines.slice(1)).to.deep.equal([
      '3000 3000',
      '1000 Tick exit reached',
      '1500 my own reason',
      '3000 1500',
      '3000 simulate() limit reached',
      '3500 simulate() limit reached',
    ]);
  });

  it('cannot end a run in the past', () => {
    inFolder(folder => {
      const script = 'm5.instantiate(root); m5.simulate(5); m5.scheduleTickExitAbsolute(4);';
      const run = runScriptText(preamble + script, folder);
      expect(run.stderr).to.equal('fatal: a tick exit cannot be at tick 4: now is tick 5\n');
      expect(run.status).to.equal(1);
    });
  });

  it('chooses how long a tick is', () => {
    const { lines, stats } = outcome(`
      m5.ticks.setGlobalFrequency('1GHz');
      m5.ticks.fixGlobalFrequency();
      console.log(m5.ticks.fromSeconds(0.5));
      m5.instantiate(root);
      run(m5.ticks.fromSeconds(10));
    `);
    expect(lines).to.deep.equal([
      'Global frequency set at 1000000000 ticks per second',
      '500000000',
      '10000000000 simulate() limit reached',
    ]);
    expect(stats).to.match(/^simSeconds +10 /m);
    expect(stats).to.match(/^clk\.clock +1000 /m);
  });

  it('cannot change that later, nor convert seconds earlier', () => {
    inFolder(folder => {
      const late = `m5.instantiate(root); m5.ticks.setGlobalFrequency('1GHz');`;
      expect(runScriptText(preamble + late, folder).stderr).to.match(
        /^fatal: the global frequency is fixed; call setGlobalFrequency\(\) before/,
      );
      const early = 'm5.ticks.fromSeconds(1);';
      expect(runScriptText(preamble + early, folder).stderr).to.match(
        /^fatal: fromSeconds\(\) needs a fixed global frequency/,
      );
    });
  });

  it('is told of SIGUSR1 and SIGUSR2 by its statistics, as in gem5', () => {
    const { lines, stats } = outcome(`
      m5.instantiate(root);
      at(100, () => process.kill(process.pid, 'SIGUSR1'));
      run(100);
      run(100);
      at(250, () => process.kill(process.pid, 'SIGUSR2'));
      run(100);
      run(100);
    `);
    expect(lines).to.have.length(5);
    // The run after the signal dumps at once: everything, everything, what came after the reset.
    expect(ticksOfDumps(stats)).to.deep.equal(['100', '100', '300', '300', '100', '400']);
  });

  it('may be sent those signals at any time', () => {
    const { stats } = outcome(`
      process.kill(process.pid, 'SIGUSR2');
      process.kill(process.pid, 'SIGUSR1');
      m5.instantiate(root);
      run(10);
      process.kill(process.pid, 'SIGUSR2');
      run(10);
    `);
    expect(ticksOfDumps(stats)).to.deep.equal(['10', '10', '10', '20']);
  });

  it('has events of its own, and ends runs in gem5’s ways', () => {
    const { lines } = outcome(`
      const { CountedExitEvent, EventFlag, EventPriority, exitSimLoopNow, LocalSimLoopExitEvent } =
        require('mini-gem5/model');
      m5.instantiate(root);
      const { create, mainq } = m5.event;
      const late = create(() => console.log('late'), EventPriority.Stat_Event_Pri);
      mainq.schedule(late, 10);
      mainq.schedule(create(() => console.log('early')), 10);
      run(20);
      const remaining = { count: 2 };
      for (const tick of [30, 40]) mainq.schedule(new CountedExitEvent(mainq, 'both came', remaining), tick);
      run();
      mainq.schedule(new LocalSimLoopExitEvent(mainq, 'counted instructions', 7), 50);
      const exit = m5.simulate();
      console.log(exit.tick + ' ' + exit.cause + ' ' + exit.code);
      mainq.schedule(create(() => console.log('not before the end')), 60);
      mainq.schedule(create(() => exitSimLoopNow(mainq, 'now'), EventPriority.Minimum_Pri), 60);
      run();
      run(0);
      console.log(EventFlag.Managed);
    `);
    expect(lines.slice(1)).to.deep.equal([
      ...['early', 'late', '20 simulate() limit reached', '40 both came'],
      ...['50 counted instructions 7', '60 now', 'not before the end'],
      ...['60 simulate() limit reached', '4'],
    ]);
  });

  it('knows the output directory', () => {
    const { lines } = outcome(`console.log(m5.options.outdir); m5.instantiate(root); run(1);`);
    expect(lines[0]).to.match(/^\/.*\/m5out$/);
  });

  it('switches debug flags and the trace, and chooses objects', () => {
    const { lines } = outcome(`
      m5.instantiate(root);
      at(10, () => m5.debug.flag('Event').enable());
      at(20, () => m5.trace.disable());
      at(30, () => m5.trace.enable());
      at(40, () => m5.debug.setFlags('-Event'));
      m5.trace.activate('action');
      at(50, () => {});
      run(60);
      console.log(m5.debug.flags().some(({ name }) => name === 'Event'));
    `);
    expect(lines.slice(1)).to.deep.equal([
      '     20: action.wrapped_function_event: EventFunctionWrapped 1 executed @ 20',
      '     40: action.wrapped_function_event: EventFunctionWrapped 2 executed @ 40',
      '60 simulate() limit reached',
      'true',
    ]);
  });

  it('leaves messages out that it does not want', () => {
    const { errors } = outcome(
      `
      m5.setLogLevel('warn');
      m5.inform('left out');
      m5.warn('shown');
      m5.instantiate(root);
    ` + 'run(1);',
    );
    expect(errors).to.equal('warn: shown\n');
  });

  it('warns of a breakpoint when no debugger is there', () => {
    const { errors } = outcome('m5.instantiate(root); m5.schedBreak(5); run(10);');
    expect(errors).to.match(/^warn: breakpoint at tick 5: no debugger; start it with NODE_OPTIONS/);
  });

  it('writes caches back and empties them', () => {
    const { lines } = outcome(`
      m5.instantiate(root);
      const calls: string[] = [];
      const model = clk.simObject();
      model.memWriteback = () => calls.push('write back');
      model.memInvalidate = () => calls.push('invalidate');
      m5.memWriteback();
      m5.memInvalidate();
      console.log(calls.join(', '));
      run(1);
    `);
    expect(lines[1]).to.equal('write back, invalidate');
  });
});
