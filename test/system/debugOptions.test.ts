import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { inFolder, runCommand } from '../support/command';

/** Two objects that say something every 10 ticks, under a flag of their own. */
const script = `
import * as m5 from 'mini-gem5';
import { Root } from 'mini-gem5/objects';
import { compoundFlag, debugFlag, defineSchema, dprintf, EventFunctionWrapper, nodeClass, SimObject,
  simObjectSchema } from 'mini-gem5/model';
const Talk = debugFlag('Talk', 'What talkers say');
compoundFlag('Everything', [Talk], 'All talk');
class Talker extends SimObject {
  static readonly schema = defineSchema('Talker', simObjectSchema, { description: 'Talks' });
  override startup(): void {
    const event = new EventFunctionWrapper(() => {
      if (Talk.enabled) dprintf(Talk, this.curTick(), this.name(), 'hello');
      this.schedule(event, this.curTick() + 10);
    }, this.name());
    this.schedule(event, this.curTick() + 10);
  }
}
const TalkerNode = nodeClass(Talker);
const root = new Root({ fullSystem: false, a: new TalkerNode({ c: new TalkerNode() }), b: new TalkerNode() });
const [what] = process.argv.slice(2);
m5.instantiate(root, what === 'restore' ? 'saved' : undefined);
m5.simulate(35);
if (what === 'save') m5.checkpoint('saved');
`;

/** Lines of the trace on standard output, or the error when the command fails. */
function trace(...options: string[]): string[] {
  return inFolder(folder => {
    writeFileSync(join(folder, 'script.ts'), script);
    const run = runCommand([...options, 'script.ts'], { cwd: folder });
    return run.status === 0 ? run.stdout.trimEnd().split('\n').slice(1) : [run.stderr.trimEnd()];
  });
}

/** The trace lines of these objects at these ticks. */
function lines(objects: readonly string[], ticks: readonly number[]): string[] {
  return ticks.flatMap(tick => objects.map(name => `${String(tick).padStart(7)}: ${name}: hello`));
}

describe('The options for debug output', () => {
  it('switch flags of the script’s own, and compound ones, on and off', () => {
    // Of equals the last to be scheduled happens first.
    const all = lines(['b', 'a.c', 'a'], [10]).concat(lines(['a', 'a.c', 'b'], [20]));
    expect(trace('--debug-flags', 'Talk').slice(0, 6)).to.deep.equal(all);
    expect(trace('--debug-flags', 'Everything').slice(0, 6)).to.deep.equal(all);
    expect(trace('--debug-flags', 'Everything,-Talk')).to.deep.equal([]);
    expect(trace('--debug-flags', 'Tlk')).to.deep.equal([
      "fatal: invalid debug flag 'Tlk' (did you mean 'Talk'?)",
    ]);
    expect(trace('--debug-flags', 'QwertyUiop')).to.deep.equal([
      "fatal: invalid debug flag 'QwertyUiop'; --debug-help lists those that there are",
    ]);
  });

  it('choose when it begins and ends', () => {
    const options = ['--debug-flags', 'Talk', '--debug-activate', 'b'];
    expect(trace(...options)).to.deep.equal(lines(['b'], [10, 20, 30]));
    expect(trace(...options, '--debug-start', '20')).to.deep.equal(lines(['b'], [20, 30]));
    expect(trace(...options, '--debug-end', '20')).to.deep.equal(lines(['b'], [10]));
    const window = ['--debug-start', '11', '--debug-end', '21'];
    expect(trace(...options, ...window)).to.deep.equal(lines(['b'], [20]));
    expect(trace('--debug-start', 'soon')).to.deep.equal([
      'fatal: --debug-start soon is not a tick',
    ]);
  });

  it('begin and end it at once where a checkpoint has gone past that', () => {
    inFolder(folder => {
      writeFileSync(join(folder, 'script.ts'), script);
      const options = ['--debug-flags', 'Talk', '--debug-activate', 'b'];
      const run = (...args: string[]): string[] =>
        runCommand([...options, ...args], { cwd: folder })
          .stdout.trimEnd()
          .split('\n')
          .slice(1);
      run('script.ts', 'save');
      const from35 = lines(['b'], [45, 55, 65]);
      expect(run('--debug-start', '20', 'script.ts', 'restore')).to.deep.equal(from35);
      expect(run('--debug-end', '20', 'script.ts', 'restore')).to.deep.equal([]);
      const window = ['--debug-start', '20', '--debug-end', '50'];
      expect(run(...window, 'script.ts', 'restore')).to.deep.equal(lines(['b'], [45]));
    });
  });

  it('choose objects by the beginnings of their names', () => {
    const flags = ['--debug-flags', 'Talk', '--debug-end', '15'];
    expect(trace(...flags, '--debug-activate', 'a')).to.deep.equal(lines(['a.c', 'a'], [10]));
    expect(trace(...flags, '--debug-activate', '*.c,b')).to.deep.equal(lines(['b', 'a.c'], [10]));
    expect(trace(...flags, '--debug-ignore', 'b,a.c')).to.deep.equal(lines(['a'], [10]));
    const both = ['--debug-activate', 'a', '--debug-ignore', 'a.c'];
    expect(trace(...flags, ...both)[0]).to.match(
      /^fatal: Object a\.c is in both --debug-activate and --debug-ignore/,
    );
  });

  it('shape the lines', () => {
    const options = ['--debug-end', '15', '--debug-activate', 'b', '--debug-flags'];
    expect(trace(...options, 'Talk,FmtFlag')).to.deep.equal(['     10: Talk: b: hello']);
    expect(trace(...options, 'Talk,FmtTicksOff')).to.deep.equal(['b: hello']);
    const stack = trace(...options, 'Talk,FmtStackTrace');
    expect(stack[0]).to.equal('     10: b: hello');
    expect(stack[1]).to.match(/^ +at .*script\.ts:\d+:\d+/);
  });

  it('write it into a file, compressed where the name says so', () => {
    for (const name of ['trace.txt', 'trace.txt.gz']) {
      inFolder(folder => {
        writeFileSync(join(folder, 'script.ts'), script);
        const options = ['--debug-flags', 'Talk', '--debug-file', name, '--debug-activate', 'b'];
        const run = runCommand([...options, 'script.ts'], { cwd: folder });
        expect(run.stdout).to.not.include('hello');
        const bytes = readFileSync(join(folder, 'm5out', name));
        const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
        expect(text.trimEnd().split('\n')).to.deep.equal(lines(['b'], [10, 20, 30]));
      });
    }
  });

  it('list the flags', () => {
    inFolder(folder => {
      const run = runCommand(['--debug-help'], { cwd: folder });
      expect(run.status).to.equal(0);
      const sections = run.stdout.split(/^(?=\S.* Flags:$)/m);
      expect(sections.map(section => section.split('\n')[0])).to.deep.equal([
        'Base Flags:',
        'Compound Flags:',
        'Formatting Flags:',
      ]);
      expect(sections[0]).to.match(/^ {4}Drain: /m);
      expect(sections[0]).to.match(/^ {4}Event: What the event queues schedule and execute$/m);
      expect(sections[1]).to.match(/^ {4}All: .*\n {8}All Base Flags$/m);
      expect(sections[1]).to.match(/^ {4}KvmAll: .*\n {8}Kvm, KvmContext, /m);
      expect(sections[2]).to.match(/^ {4}FmtFlag: /m);
    });
  });
});
