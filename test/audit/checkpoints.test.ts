import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import * as ts from 'typescript';
import { packageJson, readText, repositoryRoot, sourceFiles } from '../support/repository';

/**
 * Fields that change and are not saved, with the reason. `Class.field`; `Class.*` for all of a class.
 */
const NOT_SAVED: Readonly<Record<string, string>> = {
  'AbstractMemory.#store': 'wiring; its contents are an image of PhysicalMemory',
  'AbstractMemory.#system': 'wiring',
  'AtomicSimpleCPU.#status': 'Idle when drained; drainResume() goes by the status of the thread',
  'AtomicSimpleCPU.#stop': 'what a drained CPU was to serve it meets again',
  'BaseKvmCPU.#status': 'Idle when drained; drainResume() goes by the status of the thread',
  'BaseCPU.#statsSince': 'statistics begin in each process, unless they go on',
  'BaseSimpleCPU.#core': 'made by init(); what it remembers of code is a cache',
  'BaseSimpleCPU.#generation': 'compared with what a cache was made from',
  'BaseSimpleCPU.#packets': 'wiring',
  'BaseSimpleCPU.#pseudoResult': 'lives within one instruction',
  'BaseSimpleCPU.#timestampBase': 'follows from the time stamp counter of the thread',
  'BaseSimpleCPU.#insts': 'counts in each process anew; what it was before is among the statistics',
  'ClockDomain.period': 'follows from the level of the domain, or of the one that it divides',
  'KvmCPUCore.#engine': 'the vCPU, made anew in each process',
  'KvmCPUCore.#kvmStateDirty': 'false when drained: all registers are in the thread',
  'KvmCPUCore.#vcpuID': 'given out by init()',
  'KvmCPUCore.#vm': 'wiring',
  'KvmCPURun.#exit': 'served by the time the CPU has drained',
  'KvmCPURun.#instructions':
    'counts in each process anew; what it was before is among the statistics',
  'KvmCPURun.#waits': 'asked of the vCPU again',
  'KvmCPURun.#wasHalfEntry': 'fairness among events of one tick, within one run',
  'KvmVM.#createdIRQChip': 'made by init() of the platform, as the parameters say',
  'KvmVM.#createdPIT': 'made by init() of the platform, as the parameters say',
  'KvmVM.#hasKernelIRQChip': 'made by init() of the platform, as the parameters say',
  'KvmVM.#kvm': 'a descriptor of this process',
  'KvmVM.#nextVCPUID': 'counts within init()',
  'KvmVM.#started': 'whether memory is mapped in this process',
  'KvmVM.#system': 'wiring',
  'KvmVM.#tssAddress': 'follows from the parameters of the system',
  'KvmVM.#tssVM': 'of this process',
  'KvmVM.#vm': 'a descriptor of this process',
  'PhysicalMemory.#recent': 'a cache',
  'PhysicalMemory.#sharedBytes': 'counts within the constructor',
  'Process.#outputFiles': 'lives while the process forks',
  'QemuFwCfgIo.#item': 'follows from the key that is saved',
  'Root.#lastSeconds': 'real time',
  'SEWorkload.#ended': 'follows from its processes',
  'SEWorkload.#allocator': 'its state is saved through pageAllocator',
  'SerialDevice.#interfaceCallback': 'wiring',
  'SimObject.#probeManager': 'wiring',
  'SimpleMemory.#heldBack': 'nobody waits in a drained system',
  'SimpleMemory.#isDraining': 'whether a drain waits for it; none does when all have drained',
  'SimpleMemory.#retryReq': 'nobody waits in a drained system',
  'SimpleMemory.#retryResp': 'nobody waits in a drained system',
  'SnoopFilter.#lookedUp': 'lives within one request; caches begin empty',
  'System.#kvmVM': 'wiring',
  'System.#memoryMode': 'the parameter says it, and switching CPUs sets it',
  'ThreadContext.#contextId': 'given out by init()',
  'TimingSimpleCPU.#isDone': 'lives within one instruction, which a drained CPU has completed',
  'TimingSimpleCPU.#reading': 'lives within one instruction, which a drained CPU has completed',
  'TimingSimpleCPU.#status': 'Idle when drained; drainResume() goes by the status of the thread',
  'Workload.system': 'wiring',
  'X86KvmCPU.#kernelChip': 'follows from the VM',
  'X86KvmCPU.#sync': 'belongs to the vCPU',
  'X86KvmCPU.#useXSave': 'the parameter and the kernel say it',
};

interface FoundClass {
  readonly name: string;
  readonly base: string | undefined;
  readonly saves: boolean;
  /** Names of fields that are not readonly. */
  readonly fields: readonly string[];
  /** The source of serialize() and unserialize(). */
  readonly codec: string;
}

function classesOf(path: string): FoundClass[] {
  const source = ts.createSourceFile(path, readText(path), ts.ScriptTarget.ES2023, true);
  const classes: FoundClass[] = [];
  source.forEachChild(node => {
    if (!ts.isClassDeclaration(node) || node.name === undefined) return;
    const clauses = node.heritageClauses ?? [];
    const parents = (kind: ts.SyntaxKind): string[] =>
      clauses.filter(c => c.token === kind).flatMap(c => c.types.map(t => t.expression.getText()));
    const codec = node.members
      .filter(member => ts.isMethodDeclaration(member))
      .filter(member => /^(un)?serialize$/.test(member.name.getText()));
    classes.push({
      name: node.name.text,
      base: parents(ts.SyntaxKind.ExtendsKeyword)[0],
      saves: parents(ts.SyntaxKind.ImplementsKeyword).includes('Serializable'),
      fields: node.members.filter(member => isState(member)).map(member => member.name.getText()),
      codec: codec.map(member => member.getText()).join('\n'),
    });
  });
  return classes;
}

function isState(member: ts.ClassElement): member is ts.PropertyDeclaration {
  if (!ts.isPropertyDeclaration(member)) return false;
  const flags = ts.getCombinedModifierFlags(member);
  return (
    (flags & (ts.ModifierFlags.Readonly | ts.ModifierFlags.Static | ts.ModifierFlags.Ambient)) === 0
  );
}

/** The classes whose objects a checkpoint holds. */
function savedClasses(): FoundClass[] {
  const classes = sourceFiles().flatMap(classesOf);
  const byName = new Map(classes.map(found => [found.name, found]));
  const isSaved = (found: FoundClass | undefined): boolean =>
    found !== undefined &&
    (found.name === 'SimObject' || found.saves || isSaved(byName.get(found.base ?? '')));
  return classes.filter(isSaved);
}

describe('What a checkpoint holds', () => {
  it('is every field that changes of every class, or there is a reason', () => {
    const classes = savedClasses();
    expect(classes.length).to.be.greaterThan(40);
    const missing: string[] = [];
    const excused = new Set<string>();
    for (const { name, fields, codec } of classes) {
      for (const field of fields) {
        const reference = new RegExp(`\\bthis\\.${field}\\b|\\{[^}]*\\b${field}\\b[^}]*\\} = this`);
        if (reference.test(codec)) continue;
        const key = `${name}.${field}`;
        if (key in NOT_SAVED) excused.add(key);
        else missing.push(key);
      }
    }
    expect(missing).to.deep.equal([]);
    expect(Object.keys(NOT_SAVED).filter(key => !excused.has(key))).to.deep.equal([]);
  });

  it('is read by every class that writes it, and the other way round', () => {
    for (const { name, codec } of savedClasses()) {
      if (name === 'SimObject' || codec === '') continue;
      expect(codec, name).to.match(/\bserialize\(/);
      expect(codec, name).to.match(/\bunserialize\(/);
    }
  });
});

describe('The generated code of checkpoint.proto', () => {
  it('is what `npm run proto` makes of it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mini-gem5-proto-'));
    try {
      const made = join(folder, 'checkpointProto.js');
      const words = (packageJson().scripts['proto'] ?? '').split(' ').slice(1);
      words[words.indexOf('-o') + 1] = made;
      execFileSync(join(repositoryRoot, 'node_modules', '.bin', 'pbjs'), words, {
        cwd: repositoryRoot,
      });
      for (const suffix of ['js', 'd.ts']) {
        const path = `src/checkpoint/generated/checkpointProto.${suffix}`;
        const now = readFileSync(join(folder, `checkpointProto.${suffix}`), 'utf8');
        expect(now === readText(path), `${path}: run npm run proto`).to.equal(true);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
