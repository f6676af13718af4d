import { expect } from 'chai';
import {
  assertNever,
  consoleSink,
  fatal,
  FatalError,
  formatMessage,
  hack,
  inform,
  panic,
  PanicError,
  resetWarnOnce,
  setLogLevel,
  setLogSink,
  SimError,
  warn,
  warnOnce,
  type LogLevel,
} from '../../../src/base/index';

/** What the body says, as it would be printed. */
function messagesOf(body: () => void): string[] {
  const messages: string[] = [];
  const previous = setLogSink({
    message: (level, text) => messages.push(formatMessage(level, text)),
    debug: () => undefined,
  });
  try {
    body();
  } finally {
    setLogSink(previous);
  }
  return messages;
}

describe('Messages', () => {
  it('begin with their level', () => {
    const messages = messagesOf(() => {
      warn('a');
      inform('b');
      hack('c');
    });
    expect(messages).to.deep.equal(['warn: a', 'info: b', 'hack: c']);
  });

  it('are suppressed below the level that is asked for', () => {
    const sayAll = (): void => {
      warn('a');
      inform('b');
      hack('c');
    };
    const shown = (['panic', 'fatal', 'warn', 'info', 'hack'] as const).map(level => {
      setLogLevel(level);
      return messagesOf(sayAll).length;
    });
    expect(shown).to.deep.equal([0, 0, 1, 2, 3]);
    expect(() => {
      setLogLevel('quiet' as LogLevel);
    }).to.throw(FatalError, "takes one of panic, fatal, warn, info, hack, not 'quiet'");
  });

  it('can be said once per key', () => {
    resetWarnOnce();
    const messages = messagesOf(() => {
      warnOnce('key', 'first');
      warnOnce('key', 'second');
      warnOnce('other', 'third');
    });
    expect(messages).to.deep.equal(['warn: first', 'warn: third']);
    resetWarnOnce();
    expect(messagesOf(() => warnOnce('key', 'again'))).to.deep.equal(['warn: again']);
  });

  it('go to the error stream by default', () => {
    const { error } = globalThis.console;
    const printed: unknown[] = [];
    globalThis.console.error = (line: unknown) => printed.push(line);
    try {
      consoleSink.message('warn', 'text');
      consoleSink.debug('line');
    } finally {
      globalThis.console.error = error;
    }
    expect(printed).to.deep.equal(['warn: text', 'line']);
  });
});

describe('Errors', () => {
  it('tell whose fault they are', () => {
    expect(() => fatal('change this'))
      .to.throw(FatalError, 'change this')
      .with.property('kind', 'fatal');
    expect(() => panic('a bug', ['rip=0']))
      .to.throw(PanicError, 'a bug')
      .with.deep.property('details', ['rip=0']);
    expect(new FatalError('x')).to.be.instanceOf(SimError);
    expect(new PanicError('x').kind).to.equal('panic');
  });

  it('keep their cause', () => {
    const cause = new Error('inner');
    expect(new FatalError('outer', { cause }).cause).to.equal(cause);
  });

  it('close a union at run time too', () => {
    const value = 'neither' as never;
    expect(() => assertNever(value)).to.throw(PanicError, 'neither');
  });
});
