import { expect } from 'chai';
import {
  anyToFrequency,
  anyToLatency,
  FatalError,
  secondsToTicks,
  toAddr,
  toBool,
  toClockPeriodSeconds,
  toCurrent,
  toEnergy,
  toFloat,
  toFrequency,
  toInteger,
  toIpAddress,
  toIpNetmask,
  toIpWithPort,
  toLatencySeconds,
  toMemoryBandwidth,
  toMemorySize,
  toNetworkBandwidth,
  toTemperature,
  toVoltage,
} from '../../../src/base/index';

/** Expects the value to be rejected by a message that quotes it and says what is accepted. */
function expectRejected(convert: (value: unknown) => unknown, values: readonly unknown[]): void {
  for (const value of values) {
    const quoted = typeof value === 'string' ? `'${value}'` : String(value);
    expect(() => convert(value), quoted)
      .to.throw(FatalError, quoted)
      .with.property('message')
      .match(/accepted: /);
  }
}

describe('Integers', () => {
  it('are read with the base that their prefix says', () => {
    expect(
      ['42', '0x2a', '0X2A', '0o52', '0b101010', '1_000', ' 7 ', '-3', '+4'].map(v => toInteger(v)),
    ).to.deep.equal([42, 42, 42, 42, 42, 1000, 7, -3, 4]);
  });

  it('lose the fraction of a number', () => {
    expect([3.9, -3.9, -0.5, 7n].map(v => toInteger(v))).to.deep.equal([3, -3, 0, 7]);
  });

  it('are checked against their bounds, which the message names', () => {
    const byte = { kind: 'UInt8', minimum: 0, maximum: 255 };
    expect(toInteger('255', byte)).to.equal(255);
    expect(() => toInteger(256, byte)).to.throw(FatalError, 'UInt8');
    expect(() => toInteger(-1, byte)).to.throw(FatalError, 'from 0 to 255');
  });

  it('are not read from anything else', () => {
    expectRejected(toInteger, [
      '',
      '12a',
      '010',
      '1e3',
      '0x',
      '9007199254740993',
      Number.NaN,
      null,
      true,
    ]);
  });
});

describe('Floats and truth values', () => {
  it('reads decimal numerals', () => {
    expect(['1', '-2.5', '.5', '1e3', '2E-2'].map(toFloat)).to.deep.equal([
      1, -2.5, 0.5, 1000, 0.02,
    ]);
    expectRejected(toFloat, ['', '1x', '1e', 'Infinity', Number.NaN]);
  });

  it('reads the truth values of gem5 in any case', () => {
    expect(['true', 'T', 'Yes', 'y', '1', 1, true].map(toBool)).to.deep.equal(
      new Array(7).fill(true),
    );
    expect(['false', 'F', 'No', 'n', '0', 0, false].map(toBool)).to.deep.equal(
      new Array(7).fill(false),
    );
    expectRejected(toBool, ['on', '', 2, null]);
  });
});

describe('Memory sizes and addresses', () => {
  it('take binary prefixes only, whichever way they are written', () => {
    expect(
      ['32kB', '32KiB', '1MB', '1MiB', '512MiB', '3GB', '2TiB', '4PiB', '64B', '1000'].map(
        toMemorySize,
      ),
    ).to.deep.equal([
      32768,
      32768,
      2 ** 20,
      2 ** 20,
      2 ** 29,
      3 * 2 ** 30,
      2 ** 41,
      2 ** 52,
      64,
      1000,
    ]);
  });

  it('take plain numbers', () => {
    expect(toMemorySize(4096)).to.equal(4096);
    expect(toAddr(4096n)).to.equal(4096);
    expect(toAddr('0xffff0000')).to.equal(0xffff0000);
    expect(toAddr('0x10kB')).to.equal(16384);
  });

  it('reject fractions, prefixes without unit, other units and what is not exact', () => {
    expectRejected(toMemorySize, [
      '1.5GiB',
      '1k',
      '1K',
      '10kb',
      '10mB',
      '8PiB',
      '1EiB',
      '-1B',
      -1,
      1.5,
      '512 M B',
      null,
    ]);
    expectRejected(toAddr, ['0xg', '1k', -4]);
  });
});

describe('Times', () => {
  it('are seconds with a metric prefix, or ticks', () => {
    expect(toLatencySeconds('30ns')).to.deep.equal({ unit: 'seconds', value: 30e-9 });
    expect(toLatencySeconds('1.5us')).to.deep.equal({ unit: 'seconds', value: 1.5e-6 });
    expect(toLatencySeconds('2s')).to.deep.equal({ unit: 'seconds', value: 2 });
    expect(toLatencySeconds('0')).to.deep.equal({ unit: 'seconds', value: 0 });
    expect(toLatencySeconds(0)).to.deep.equal({ unit: 'seconds', value: 0 });
    expect(toLatencySeconds('500t')).to.deep.equal({ unit: 'ticks', value: 500 });
  });

  it('need a unit, and cannot be negative', () => {
    expectRejected(toLatencySeconds, [
      30,
      '30nHz',
      'ns',
      '30 parsecs',
      '-1ns',
      '1.5t',
      '-1t',
      null,
    ]);
  });

  it('become ticks rounded half up, exactly where the tick is exact', () => {
    const ticks = (text: string): number => {
      const time = toLatencySeconds(text);
      return secondsToTicks(time.value, 1e12);
    };
    expect(['1ns', '30ns', '100us', '0.5ps', '0.4ps', '333.333ps'].map(ticks)).to.deep.equal([
      1000, 30000, 1e8, 1, 0, 333,
    ]);
    expect(() => secondsToTicks(1e4, 1e12)).to.throw(FatalError, '2^53');
  });

  it('give the period of a clock from frequency, period or ticks', () => {
    expect(toClockPeriodSeconds('1GHz')).to.deep.equal({ unit: 'seconds', value: 1e-9 });
    expect(toClockPeriodSeconds('2ns')).to.deep.equal({ unit: 'seconds', value: 2e-9 });
    expect(toClockPeriodSeconds('500t')).to.deep.equal({ unit: 'ticks', value: 500 });
    expectRejected(toClockPeriodSeconds, ['1000', '0Hz', '0s', '-1GHz', 'GHz', 1e9]);
  });

  it('convert between frequency and period', () => {
    expect(anyToLatency('2GHz')).to.equal(0.5e-9);
    expect(anyToFrequency('2ns')).to.be.closeTo(5e8, 1e-3);
    expect(anyToFrequency('3MHz')).to.equal(3e6);
    expect(toFrequency('1.5kHz')).to.equal(1500);
    expect(toFrequency(50)).to.equal(50);
    expectRejected(anyToFrequency, ['5', '0s']);
    expectRejected(toFrequency, ['1ns', '-1Hz']);
  });
});

describe('Other quantities', () => {
  it('have metric prefixes', () => {
    expect([toVoltage('900mV'), toVoltage(1), toCurrent('2uA'), toEnergy('3pJ')]).to.deep.equal([
      0.9, 1, 2e-6, 3e-12,
    ]);
    expectRejected(toVoltage, ['1A', 'V', null]);
  });

  it('temperatures are given in kelvin, Celsius or Fahrenheit', () => {
    expect(toTemperature('300K')).to.equal(300);
    expect(toTemperature('25C')).to.be.closeTo(298.15, 1e-9);
    expect(toTemperature('32F')).to.be.closeTo(273.15, 1e-9);
    expectRejected(toTemperature, ['25', '-1K', '-300C']);
  });

  it('memory bandwidths have binary prefixes, network bandwidths metric ones', () => {
    expect(toMemoryBandwidth('12.8GiB/s')).to.equal(12.8 * 2 ** 30);
    expect(toMemoryBandwidth('1GB/s')).to.equal(2 ** 30);
    expect(toNetworkBandwidth('1Gbps')).to.equal(1e9);
    expectRejected(toMemoryBandwidth, ['1GiB', '1Gbps', '-1B/s']);
    expectRejected(toNetworkBandwidth, ['0bps', '1GB/s']);
  });

  it('internet addresses are numbers', () => {
    expect(toIpAddress('10.0.0.1')).to.equal(0x0a000001);
    expect(toIpNetmask('10.0.0.0/24')).to.deep.equal({ ip: 0x0a000000, netmask: 24 });
    expect(toIpNetmask('10.0.0.0/255.255.0.0')).to.deep.equal({ ip: 0x0a000000, netmask: 16 });
    expect(toIpNetmask('0.0.0.0/0.0.0.0').netmask).to.equal(0);
    expect(toIpNetmask('1.2.3.4/255.255.255.255').netmask).to.equal(32);
    expect(toIpWithPort('127.0.0.1:7000')).to.deep.equal({ ip: 0x7f000001, port: 7000 });
    expectRejected(toIpAddress, ['10.0.0', '10.0.0.256', '']);
    expectRejected(toIpNetmask, ['10.0.0.0/33', '10.0.0.0/255.0.255.0', '10.0.0.0']);
    expectRejected(toIpWithPort, ['10.0.0.1', '10.0.0.1:65536']);
  });
});
