import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readText, repositoryRoot } from '../support/repository';

const PAGE = 'docs/kvm.md';

/** A row of the tables that say where each member is. */
interface MemberRow {
  readonly gem5: string;
  readonly here: string;
  readonly code: string;
  readonly test: string;
  readonly title: string;
}

const ROW =
  /^\| `([^`]+)`\s*\| `([^`]+)`\s*\| \[[^\]]*\]\(\.\.\/([^)]+)\)\s*\| \[(.+)\]\(\.\.\/([^)]+)\)\s*\|$/;

const rows: MemberRow[] = readText(PAGE)
  .split('\n')
  .flatMap(line => {
    const [, gem5, here, code, title, test] = ROW.exec(line) ?? [];
    return gem5 && here && code && title && test ? [{ gem5, here, code, test, title }] : [];
  });

/** Members of gem5's class reference for `KvmVM`, its own and those that it is said to use. */
const KVM_VM = [
  ...['KvmVM', '~KvmVM', 'notifyFork', 'setTSSAddress', 'createIRQChip', 'setIRQLine'],
  ...['hasKernelIRQChip', 'enableKernelIRQChip', 'allocMemSlot', 'setupMemSlot'],
  ...['disableMemSlot', 'freeMemSlot', 'createDevice', 'setSystem', 'contextIdToVCpuId'],
  ...['coalesceMMIO', 'kvm', 'cpuStartup', 'delayedStartup', 'createVCPU', 'allocVCPUID'],
  ...['ioctl', 'setUserMemoryRegion', 'system', 'vmFD', 'started', '_hasKernelIRQChip'],
  ...['nextVCPUID', 'memorySlots', 'maxMemorySlot', 'MemSlot', 'MemorySlot'],
  ...['params', 'name', 'init', 'loadState', 'initState', 'regStats', 'resetStats'],
  ...['regProbePoints', 'regProbeListeners', 'getProbeManager', 'startup', 'drain'],
  ...['memWriteback', 'memInvalidate', 'serialize', 'unserialize', 'eventQueue', 'schedule'],
  ...['deschedule', 'reschedule', 'wakeupEventQueue', 'setCurTick', 'serializeSection'],
  ...['unserializeSection', 'drainState', 'drainResume', 'signalDrainDone', 'find'],
  ...['currentSection', 'readDistributor', 'writeDistributor', 'readCpu', 'writeCpu'],
  ...['capNumMemSlots', 'getBackingStore', 'getPhysMem', 'getThreadContext', 'getCpuPtr'],
  ...['dumpMSRs', 'getMsrIntersection'],
];

/** Names of the reference that have no counterpart of their own; the page says why. */
const WITHOUT_COUNTERPART = [
  ...['serializeAll', 'unserializeGlobals', 'ckptCount', 'ckptMaxCount', 'ckptPrevCount'],
  ...['Params', '_params', 'SimObject', 'EventManager', 'Serializable', 'Drainable', 'operator='],
];

/** The first identifiers of a row: `ioctl(request)` says `ioctl`, `drain, drainState` both. */
const namesOf = ({ gem5 }: MemberRow): string[] =>
  gem5.split(', ').map(part => part.replace(/^.*::/, '').replace(/\(.*$/, ''));

describe('The tables of members in the page about KVM', () => {
  it('are there', () => {
    expect(rows.length).to.be.greaterThan(150);
  });

  it('name every member of the class reference', () => {
    const named = new Set(rows.flatMap(namesOf));
    expect(KVM_VM.filter(name => !named.has(name))).to.deep.equal([]);
    const text = readText(PAGE);
    expect(WITHOUT_COUNTERPART.filter(name => !text.includes(`\`${name}\``))).to.deep.equal([]);
  });

  it('lead to code that has the member', () => {
    const missing = rows.filter(({ here, code }) => {
      const isThere = existsSync(join(repositoryRoot, code));
      const name = here.replace('#', '');
      return !isThere || !new RegExp(`(?<![\\w])${name}\\b`).test(readText(code));
    });
    expect(missing.map(({ here, code }) => `${here} in ${code}`)).to.deep.equal([]);
  });

  it('lead to tests that have the title', () => {
    const missing = rows.filter(
      ({ test, title }) =>
        !existsSync(join(repositoryRoot, test)) || !readText(test).includes(`'${title}`),
    );
    expect(missing.map(({ test, title }) => `${title} in ${test}`)).to.deep.equal([]);
  });

  it('have a test on a real kernel for all that this machine can run', () => {
    const others = rows.filter(({ test }) => !test.startsWith('test/kvm/'));
    const excused = others.every(
      ({ code }) => code.startsWith('src/sim/') || code === 'src/kvm/kernelGicV2.ts',
    );
    expect(excused).to.equal(true);
  });
});
