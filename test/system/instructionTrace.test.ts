/** What `--debug-flags=Exec` and `functionTrace` write, against programs of a few instructions. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { assembled } from '../support/assembled';
import { configPath, inFolder, runCommand, runScriptText } from '../support/command';
import { describeWithKvm } from '../support/kvm';

const program = `
.intel_syntax noprefix
.globl _start
_start:
  mov ecx, 2
again:
  call square
  dec ecx
  jnz again
  movups xmm1, [rip + value]
  movups [rsp - 64], xmm1
  lock add dword ptr [rsp - 8], 3
  mov ah, 5
  mov edi, 0
  mov eax, 60
  syscall
.type square, @function
square:
  imul eax, ecx
  ret
.balign 16
value: .quad 0x1122334455667788, 3
`;

/** Runs the program. @returns its folder's trace, line by line, and its numInsts */
function trace(
  folder: string,
  flags: string,
): { readonly lines: string[]; readonly insts: number } {
  const path = assembled(program, folder);
  const options = ['--debug-flags', flags, '--debug-file', 'trace.txt'];
  const script = [configPath('se.ts'), '--cpu-type', 'AtomicSimpleCPU', '-c', path];
  const run = runCommand([...options, ...script], { cwd: folder });
  expect(run.status, run.stderr).to.equal(0);
  const read = (name: string): string => readFileSync(join(folder, 'm5out', name), 'utf8');
  const insts = /commitStats0\.numInsts +(\d+)/.exec(read('stats.txt'))?.[1];
  return { lines: read('trace.txt').trimEnd().split('\n'), insts: Number(insts) };
}

/** Addresses as distances from the start, since linkers and stacks differ. */
function withoutPlaces(lines: readonly string[]): string[] {
  const start = Number(/0x[0-9a-f]+/.exec(lines[0] ?? '')?.[0]);
  return lines.map(line =>
    line
      .replace(/0x(?:0{10})?4[0-9a-f]{5}\b/g, address => `+${String(Number(address) - start)}`)
      .replace(/0x7ff[0-9a-f]+/g, 'stack'),
  );
}

/** What the program is expected to leave in a trace without ticks, on a thread. */
const expected = [
  '+0 @_start    : mov ecx, 0x2               : IntAlu :  D=0x0000000000000002',
  ...['0x0000000000000001', '0x0000000000000000'].flatMap(count => [
    '+5 @again    : call +46              : MemWrite :  D=+10 A=stack',
    '+46 @square    : imul eax, ecx              : IntMult :  D=0x0000000000000000',
    '+49 @square+3    : ret                        : MemRead :  A=stack',
    `+10 @again+5    : dec ecx                    : IntAlu :  D=${count}`,
    '+12 @again+7    : jne +5               : IntAlu :',
  ]),
  '+14 @again+9    : movups xmm1, [rip + 0x2b]  : FloatMemRead :  D=0x00000000000000031122334455667788 A=+64',
  '+21 @again+16    : movups [rsp - 0x40], xmm1  : FloatMemWrite :  D=0x00000000000000031122334455667788 A=stack',
  '+26 @again+21    : lock add dword ptr [rsp - 0x8], 0x3 : IntAlu :  D=+13 A=stack',
  '+32 @again+27    : mov ah, 0x5                : IntAlu :  D=0x0000000000000500',
  '+34 @again+29    : mov edi, 0x0               : IntAlu :  D=0x0000000000000000',
  '+39 @again+34    : mov eax, 0x3c              : IntAlu :  D=0x000000000000003c',
  '+44 @again+39    : syscall                    : IntAlu :',
];

describe('The trace of instructions', () => {
  it('has a line for each, as gem5 writes it', () => {
    inFolder(folder => {
      const { lines, insts } = trace(folder, 'ExecNoTicks');
      expect(withoutPlaces(lines)).to.deep.equal(expected.map(line => `system.cpu: T0 : ${line}`));
      expect(insts).to.equal(lines.length);
    });
  });

  it('has more or less in a line, as its flags say, and the tick of each', () => {
    inFolder(folder => {
      const flags = 'ExecAll,-ExecThread,-ExecOpClass,-ExecResult,-ExecEffAddr,-ExecSymbol';
      const lines = withoutPlaces(trace(folder, flags).lines);
      expect(lines[0]).to.match(
        /^ {4}\d{3}: system\.cpu: A0 \+0 {4}: mov ecx, 0x2 {15}: {3}flags=\(IsInteger\)$/,
      );
      expect(lines[1]).to.match(
        /: call .*flags=\(IsInteger\|IsStore\|IsControl\|IsDirectControl\|IsUncondControl\|IsCall\)$/,
      );
      const ticks = lines.map(line => parseInt(line));
      expect(ticks).to.deep.equal(ticks.map((_, i) => ticks[0]! + 500 * i));
    });
  });

  it('changes nothing of a run but its output, and names functions where functionTrace is set', () => {
    inFolder(folder => {
      const path = assembled(program, folder);
      const run = (functionTrace: boolean): string => {
        const result = runScriptText(script(path, functionTrace), folder);
        expect(result.status, result.stderr).to.equal(0);
        return result.stdout;
      };
      expect(run(true)).to.equal(run(false));
      const text = readFileSync(join(folder, 'm5out', 'ftrace.system.cpu'), 'utf8');
      const names = Array.from(text.matchAll(/^\d+: (\w+)/gm), ([, name]) => name);
      expect(names).to.deep.equal(['_start', 'again', 'square', 'again', 'square', 'again']);
      const [first, second] = Array.from(text.matchAll(/^(\d+): /gm), ([, tick]) => Number(tick));
      expect(text).to.include(`${String(first)}: _start (${String(second! - first!)})\n`);
    });
  });

  it('has the functions of a forked child in its own output directory', () => {
    inFolder(folder => {
      const text = `${head(assembled(program, folder), true)}
        m5.simulate(2000);
        if (m5.fork() === 0) m5.simulate();`;
      const result = runScriptText(text, folder);
      expect(result.status, result.stderr).to.equal(0);
      const names = (directory: string): (string | undefined)[] => {
        const trace = readFileSync(join(folder, directory, 'ftrace.system.cpu'), 'utf8');
        return Array.from(trace.matchAll(/^\d+: (\w+)/gm), ([, name]) => name);
      };
      const all = ['_start', 'again', 'square', 'again', 'square', 'again'];
      const before = names('m5out');
      expect(before.length).to.be.within(1, 5);
      expect(
        before.concat(names('m5out.f0')).filter((name, i, list) => name !== list[i - 1]),
      ).to.deep.equal(all);
    });
  });
});

describeWithKvm('--debug-flags=Exec with a KVM CPU', () => {
  it('says that there is nothing to see', () => {
    inFolder(folder => {
      const words = ['--debug-flags', 'Exec', configPath('se.ts'), '--cpu-type', 'X86KvmCPU'];
      const run = runCommand([...words, '-c', assembled(program, folder)], { cwd: folder });
      expect(run.stderr).to.match(/^warn: system\.cpu: KVM shows no instructions to trace; /m);
      expect(run.status).to.equal(0);
    });
  });
});

const head = (path: string, functionTrace: boolean): string => `
import * as m5 from 'mini-gem5';
import { AddrRange, AtomicSimpleCPU, Process, Root, SEWorkload, SimpleMemory, SrcClockDomain, System,
  SystemXBar, VoltageDomain } from 'mini-gem5/objects';
const path = ${JSON.stringify(path)};
const system = new System({
  clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
  memMode: 'atomic',
  memRanges: [new AddrRange('64MiB')],
  cpu: new AtomicSimpleCPU({ functionTrace: ${String(functionTrace)} }),
  membus: new SystemXBar(),
  memory: new SimpleMemory({ range: new AddrRange('64MiB') }),
  workload: SEWorkload.initCompatible(path),
});
system.cpu.icachePort = system.membus.cpuSidePorts;
system.cpu.dcachePort = system.membus.cpuSidePorts;
system.memory.port = system.membus.memSidePorts;
system.systemPort = system.membus.cpuSidePorts;
system.cpu.workload = new Process({ cmd: [path] });
m5.instantiate(new Root({ fullSystem: false, system }));
`;

const script = (path: string, functionTrace: boolean): string => `${head(path, functionTrace)}
console.log(m5.simulate().cause, m5.curTick());
`;
