import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import * as numbers from '../../src/kvm/abi';
import * as vcpuStructs from '../../src/kvm/abiVcpu';
import * as vmStructs from '../../src/kvm/abiVm';
import type { StructLayout } from '../../src/kvm/struct';

type AnyLayout = StructLayout<Readonly<Record<string, number>>>;

/** One fact of the ABI tables and the C expression that must give the same number. */
interface Fact {
  readonly expression: string;
  readonly ours: bigint;
}

const layouts: readonly AnyLayout[] = [
  ...Object.values<AnyLayout>(vcpuStructs),
  ...Object.values<AnyLayout>(vmStructs),
];

/** Every export of the tables, so that nothing can be forgotten. */
function facts(): readonly Fact[] {
  const out: Fact[] = [];
  for (const [name, value] of Object.entries<number | bigint>(numbers)) {
    out.push({ expression: name, ours: BigInt(value) });
  }
  for (const { cName, size, offset } of layouts) {
    out.push({ expression: `sizeof(struct ${cName})`, ours: BigInt(size) });
    for (const [field, bytes] of Object.entries(offset)) {
      out.push({ expression: `offsetof(struct ${cName}, ${field})`, ours: BigInt(bytes) });
    }
  }
  return out;
}

/** Compiles and runs a program that prints the value of each expression. */
function askCompiler(expressions: readonly string[]): readonly bigint[] {
  const folder = mkdtempSync(join(tmpdir(), 'kvm-abi-'));
  try {
    const source = join(folder, 'probe.c');
    const program = join(folder, 'probe');
    const prints = expressions.map(e => `  printf("%llu\\n", (unsigned long long)(${e}));`);
    writeFileSync(
      source,
      [
        '#include <stddef.h>',
        '#include <stdio.h>',
        '#include <linux/kvm.h>',
        'int main(void) {',
        ...prints,
        '  return 0;',
        '}',
        '',
      ].join('\n'),
    );
    execFileSync('cc', ['-o', program, source], { stdio: ['ignore', 'ignore', 'pipe'] });
    const lines = execFileSync(program, { encoding: 'utf8' }).trim().split('\n');
    return lines.map(line => BigInt(line));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the KVM ABI tables', () => {
  const all = facts();

  it('are as large as the interface that they describe', () => {
    expect(layouts.length).to.be.greaterThan(40);
    expect(all.length).to.be.greaterThan(450);
  });

  it('agree with the C compiler in every number, size and offset', () => {
    const theirs = askCompiler(all.map(fact => fact.expression));
    expect(theirs.length).to.equal(all.length);
    const wrong = all
      .map(({ expression, ours }, i) => ({ expression, ours, theirs: theirs[i] }))
      .filter(row => row.ours !== row.theirs)
      .map(row => `${row.expression}: ${String(row.ours)} here, ${String(row.theirs)} in C`);
    expect(wrong).to.deep.equal([]);
  });

  it('are named after the kernel only', () => {
    for (const name of Object.keys(numbers)) expect(name).to.match(/^KVM(IO$|_[A-Z0-9_]+$)/);
    for (const { cName } of layouts) expect(cName).to.match(/^kvm_[a-z0-9_]+$/);
    expect(new Set(layouts.map(layout => layout.cName)).size).to.equal(layouts.length);
  });
});
