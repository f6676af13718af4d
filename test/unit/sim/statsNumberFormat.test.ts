import { expect } from 'chai';
import {
  formatFixed,
  formatGeneral,
  formatPercent,
  formatValue,
} from '../../../src/sim/stats/numberFormat';

describe('formatFixed', () => {
  it('rounds a value half-way between two results to the even one, as C does', () => {
    expect([0.5, 1.5, 2.5, -0.5, -2.5].map(value => formatFixed(value, 0))).to.deep.equal([
      '0',
      '2',
      '2',
      '-0',
      '-2',
    ]);
    expect(formatFixed(3.125, 2)).to.equal('3.12');
    expect(formatFixed(3.375, 2)).to.equal('3.38');
  });

  it('rounds what only looks half-way by the exact binary value', () => {
    expect(formatFixed(1.005, 2)).to.equal('1.00');
    expect(formatFixed(1.015, 2)).to.equal('1.01');
    expect(formatFixed(8.345, 2)).to.equal('8.35');
  });

  it('writes large values without an exponent', () => {
    expect(formatFixed(1e21, 0)).to.equal('1000000000000000000000');
    expect(formatFixed(2 ** 80, 2)).to.equal('1208925819614629174706176.00');
    expect(formatFixed(-(2 ** 80), 0)).to.equal('-1208925819614629174706176');
  });

  it('keeps the sign of zero and of what rounds to it', () => {
    expect(formatFixed(0, 2)).to.equal('0.00');
    expect(formatFixed(-0, 2)).to.equal('-0.00');
    expect(formatFixed(-0.001, 2)).to.equal('-0.00');
  });

  it('names what is no number', () => {
    expect([NaN, Infinity, -Infinity].map(value => formatFixed(value, 3))).to.deep.equal([
      'nan',
      'inf',
      '-inf',
    ]);
  });
});

describe('formatValue', () => {
  it('writes whole numbers without decimals and others with six', () => {
    expect([0, 7, -3, 1e15, 0.1, 1 / 3, -0].map(value => formatValue(value, -1))).to.deep.equal([
      '0',
      '7',
      '-3',
      '1000000000000000',
      '0.100000',
      '0.333333',
      '-0',
    ]);
  });

  it('writes as many decimals as the precision says', () => {
    expect(formatValue(7, 2)).to.equal('7.00');
    expect(formatValue(6.5, 0)).to.equal('6');
    expect(formatValue(5180176146.3, 0)).to.equal('5180176146');
    expect(formatValue(1e22, 0)).to.equal('10000000000000000000000');
  });
});

describe('formatPercent', () => {
  it('writes two decimals, and nothing for what is no number', () => {
    expect(formatPercent(0.5)).to.equal('50.00%');
    expect(formatPercent(1 / 32)).to.equal('3.12%');
    expect(formatPercent(NaN)).to.equal('');
  });
});

describe('formatGeneral', () => {
  it('writes six significant digits as C’s %g', () => {
    const expected: readonly (readonly [number, string])[] = [
      [0, '0'],
      [-0, '-0'],
      [64, '64'],
      [999999, '999999'],
      [1000000, '1e+06'],
      [1048576, '1.04858e+06'],
      [0.5, '0.5'],
      [0.1 + 0.2, '0.3'],
      [123.456789, '123.457'],
      [0.0001, '0.0001'],
      [0.00001, '1e-05'],
      [-2.5e-7, '-2.5e-07'],
      [1e300, '1e+300'],
      [NaN, 'nan'],
      [-Infinity, '-inf'],
    ];
    for (const [value, text] of expected) expect(formatGeneral(value)).to.equal(text);
  });

  it('rounds half-way values to the even digit', () => {
    expect(formatGeneral(1000005)).to.equal('1e+06');
    expect(formatGeneral(1000015)).to.equal('1.00002e+06');
    expect(formatGeneral(100000.5)).to.equal('100000');
    expect(formatGeneral(999999.5)).to.equal('1e+06');
  });
});
