import { expect } from 'chai';
import {
  allFlags,
  changeFlag,
  clearDebugFlags,
  compoundFlag,
  ddump,
  debugFlag,
  dprintf,
  FatalError,
  findFlag,
  FmtFlag,
  FmtStackTrace,
  FmtTicksOff,
  getLogSink,
  MaxTick,
  PanicError,
  requireDebugFlags,
  setDebugActivate,
  setDebugFlags,
  setDebugIgnore,
  setLogSink,
  setTracing,
  tracingEnabled,
} from '../../../src/base/index';

const One = debugFlag('TestOne', 'first flag of this test');
const Two = debugFlag('TestTwo', 'second flag of this test');
const Both = compoundFlag('TestBoth', [One, Two], 'both flags of this test');

/** The debug lines that the body writes. */
function linesOf(body: () => void): string[] {
  const lines: string[] = [];
  const previous = setLogSink({ message: () => undefined, debug: line => lines.push(line) });
  try {
    body();
  } finally {
    setLogSink(previous);
  }
  return lines;
}

describe('Debug flags', () => {
  afterEach(() => {
    clearDebugFlags();
    setTracing(true);
    setDebugActivate([]);
    setDebugIgnore([]);
  });

  it('are off until they are asked for', () => {
    expect(One.enabled).to.equal(false);
    One.enable();
    expect(One.enabled).to.equal(true);
    expect(Two.enabled).to.equal(false);
    One.disable();
    expect(One.enabled).to.equal(false);
  });

  it('are switched together by a compound flag', () => {
    Both.enable();
    expect([One.enabled, Two.enabled]).to.deep.equal([true, true]);
    expect(Both.flags).to.deep.equal([One, Two]);
    Both.disable();
    expect([One.enabled, Two.enabled]).to.deep.equal([false, false]);
  });

  it('are found by name, and all of them are listed in order', () => {
    expect(findFlag('TestOne')).to.equal(One);
    expect(findFlag('NoSuchFlag')).to.equal(undefined);
    const names = allFlags().map(flag => flag.name);
    expect(names).to.include.members(['All', 'FmtFlag', 'TestBoth', 'TestOne', 'TestTwo']);
    expect(names).to.deep.equal([...names].sort());
  });

  it('have names of their own', () => {
    expect(() => debugFlag('TestOne', 'again')).to.throw(PanicError, 'already defined');
  });

  it('are switched by a list with signs, as on the command line', () => {
    setDebugFlags('TestBoth,-TestTwo');
    expect([One.enabled, Two.enabled]).to.deep.equal([true, false]);
    expect(() => setDebugFlags('TestOne,Nonsense')).to.throw(
      FatalError,
      "invalid debug flag 'Nonsense'",
    );
    expect(changeFlag('Nonsense', true)).to.equal(false);
  });

  it('may be asked for before they are defined, and in the order in which they were', () => {
    setDebugFlags('TestLater,TestLaterBoth,-TestLaterOff', true);
    const on = debugFlag('TestLater', 'asked for');
    const off = debugFlag('TestLaterOff', 'not wanted after all');
    const other = debugFlag('TestLaterOther', 'one of a set');
    expect([on.enabled, off.enabled, other.enabled]).to.deep.equal([true, false, false]);
    compoundFlag('TestLaterBoth', [off, other], 'a set');
    expect([on.enabled, off.enabled, other.enabled]).to.deep.equal([true, false, true]);
    requireDebugFlags();
  });

  it('must be defined in the end', () => {
    setDebugFlags('TestNever', true);
    expect(requireDebugFlags).to.throw(FatalError, "invalid debug flag 'TestNever'");
  });

  it('that shape the output are not part of All', () => {
    changeFlag('All', true);
    expect(One.enabled).to.equal(true);
    expect(FmtFlag.enabled).to.equal(false);
  });

  it('are silent while the trace is closed, and keep their settings', () => {
    One.enable();
    setTracing(false);
    expect(tracingEnabled()).to.equal(false);
    expect([One.enabled, One.requested]).to.deep.equal([false, true]);
    Two.enable();
    expect(Two.enabled).to.equal(false);
    setTracing(true);
    expect([One.enabled, Two.enabled]).to.deep.equal([true, true]);
  });
});

describe('Trace lines', () => {
  afterEach(() => {
    clearDebugFlags();
    setDebugActivate([]);
    setDebugIgnore([]);
  });

  it('have the form of gem5', () => {
    const lines = linesOf(() => {
      dprintf(One, 1000, 'system.cpu', 'text');
      dprintf(One, 123456789, 'system', 'late');
      dprintf(One, MaxTick, 'global', 'timeless');
      dprintf(One, 5, '', 'nameless');
    });
    expect(lines).to.deep.equal([
      '   1000: system.cpu: text',
      '123456789: system: late',
      'global: timeless',
      '      5: nameless',
    ]);
  });

  it('lose the tick or gain the flag when asked', () => {
    FmtTicksOff.enable();
    FmtFlag.enable();
    expect(linesOf(() => dprintf(One, 1, 'a', 'text'))).to.deep.equal(['TestOne: a: text']);
  });

  it('are followed by the stack when asked', () => {
    FmtStackTrace.enable();
    const [line, frame] = linesOf(() => dprintf(One, 1, 'a', 'text'));
    expect(line).to.equal('      1: a: text');
    expect(frame).to.match(/^ +at /);
  });

  it('come only from objects that are activated and not ignored', () => {
    const names = ['system', 'system.cpu0', 'system.cpu0.icache', 'system.cpu1', 'system.mem', ''];
    const spoken = (): string[] =>
      linesOf(() => names.forEach(name => dprintf(One, MaxTick, name, name)));
    setDebugActivate(['system.*.icache', 'system.cpu1']);
    expect(spoken()).to.deep.equal([
      'system.cpu0.icache: system.cpu0.icache',
      'system.cpu1: system.cpu1',
      '',
    ]);
    setDebugActivate([]);
    setDebugIgnore(['system.cpu0']);
    expect(spoken().map(line => line.split(':')[0])).to.deep.equal([
      'system',
      'system.cpu1',
      'system.mem',
      '',
    ]);
  });

  it('reject an object that is both activated and ignored', () => {
    setDebugActivate(['system']);
    setDebugIgnore(['system.cpu']);
    expect(() => dprintf(One, 0, 'system.cpu', 'text')).to.throw(FatalError, 'both');
  });

  it('show bytes sixteen to a line', () => {
    const bytes = Uint8Array.from({ length: 18 }, (_, i) => 0x41 + i);
    expect(linesOf(() => ddump(One, 7, 'mem', bytes))).to.deep.equal([
      '      7: mem: 00000000  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50   ABCDEFGHIJKLMNOP',
      `      7: mem: 00000010  51 52 ${'   '.repeat(6)} ${'   '.repeat(8)}  QR`,
    ]);
  });

  it('go to the sink in place', () => {
    expect(getLogSink()).to.have.property('debug');
  });
});
