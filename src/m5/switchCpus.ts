/**
 * Handing threads from CPUs to others. Source of the behaviour: gem5 `python/m5/simulate.py`
 * (switchCpus), whose messages name the wrong CPU of a pair now and then; these do not.
 */
import { fatal } from '../base/index';
import { BaseCPU, warnOfForeignState } from '../cpu/index';
import { System, type MemoryMode } from '../mem/index';
import { isNode, type AnyNode, type SimObject, type Simulation } from '../sim/index';

/** The CPU that runs, and the one that takes over. */
export type CpuPair = readonly [oldCpu: AnyNode, newCpu: AnyNode];

interface Handover {
  readonly old: BaseCPU;
  readonly next: BaseCPU;
}

function modelOf({ root }: Simulation, node: AnyNode): SimObject {
  if (root === undefined)
    return fatal('m5.switchCpus() needs a system; call m5.instantiate() first');
  if (![root, ...root.descendants()].includes(node)) {
    fatal(`switchCpus(): ${node.path()} is not part of the system that was instantiated`);
  }
  return node.simObject();
}

function cpuOf(simulation: Simulation, node: AnyNode): BaseCPU {
  const model = modelOf(simulation, node);
  return model instanceof BaseCPU ? model : fatal(`switchCpus(): ${node.path()} is not a BaseCPU`);
}

function systemOf(simulation: Simulation, node: AnyNode): System {
  const model = modelOf(simulation, node);
  return model instanceof System ? model : fatal(`switchCpus(): ${node.path()} is not a System`);
}

function check({ old, next }: Handover, olds: ReadonlySet<BaseCPU>, system: System): void {
  const refuse = (cpu: BaseCPU, why: string): never => fatal(`switchCpus(): ${cpu.name()} ${why}`);
  if (olds.has(next)) refuse(next, 'is a new CPU and in the list of old CPUs');
  if (!next.switchedOut()) {
    refuse(next, 'is a new CPU and already active; make it with switchedOut: true');
  }
  if (old.switchedOut()) refuse(old, 'is an old CPU and inactive');
  for (const cpu of [next, old]) {
    if (!cpu.supportTakeOver()) refuse(cpu, 'does not support CPU handover');
    if (cpu.system !== system) refuse(cpu, `does not belong to ${system.name()}`);
  }
  next.checkReplaces(old);
}

function memoryModeOf(handovers: readonly Handover[]): MemoryMode {
  const [first] = handovers;
  if (first === undefined) return fatal('switchCpus() needs a list of pairs [oldCpu, newCpu]');
  const mode = first.next.memoryMode();
  const other = handovers.find(({ next }) => next.memoryMode() !== mode);
  if (other !== undefined) {
    fatal(
      `switchCpus(): ${other.next.name()} and ${first.next.name()} require different memory ` +
        `modes ('${other.next.memoryMode()}' and '${mode}'); switch all to one kind of CPU`,
    );
  }
  return mode;
}

/** CPUs that go on must be able to: the memory mode is that of the whole system. */
function checkOthers(
  simulation: Simulation,
  system: System,
  handovers: readonly Handover[],
  mode: MemoryMode,
): void {
  const olds = new Set(handovers.map(({ old }) => old));
  for (const cpu of simulation.objects) {
    if (!(cpu instanceof BaseCPU) || cpu.system !== system) continue;
    if (cpu.switchedOut() || olds.has(cpu) || cpu.memoryMode() === mode) continue;
    fatal(
      `switchCpus(): ${cpu.name()} must be switched too: it requires the memory mode ` +
        `'${cpu.memoryMode()}', and the new CPUs '${mode}'`,
    );
  }
}

/** Scripts may be written in JavaScript, or work with `any`. */
function requireNodes(system: unknown, pairs: unknown): void {
  const isPair = (pair: unknown): boolean =>
    Array.isArray(pair) && pair.length === 2 && pair.every(isNode);
  if (isNode(system) && Array.isArray(pairs) && pairs.every(isPair)) return;
  fatal(
    'switchCpus() takes a system and a list of pairs of CPUs, as in ' +
      'm5.switchCpus(system, [[oldCpu, newCpu]])',
  );
}

/** What switching needs of the simulation around it. */
export interface SwitchParts {
  readonly simulation: Simulation;
  drain(): void;
  memWriteback(): void;
  memInvalidate(): void;
}

/**
 * Drains, has each new CPU take over from its old one, and changes the memory mode to theirs.
 * Everything is checked before anything is changed.
 * @throws {FatalError} naming the CPU that cannot take part, or what was to be given
 */
export function switchCpus(parts: SwitchParts, node: AnyNode, pairs: readonly CpuPair[]): void {
  const { simulation } = parts;
  requireNodes(node, pairs);
  const system = systemOf(simulation, node);
  const handovers = pairs.map(([old, next]) => ({
    old: cpuOf(simulation, old),
    next: cpuOf(simulation, next),
  }));
  const olds = new Set(handovers.map(({ old }) => old));
  if (olds.size !== handovers.length || new Set(pairs.map(([, next]) => next)).size !== olds.size) {
    fatal('switchCpus(): a CPU stands in the list twice');
  }
  const mode = memoryModeOf(handovers);
  for (const handover of handovers) check(handover, olds, system);
  checkOthers(simulation, system, handovers, mode);
  parts.drain();
  simulation.phase('switch CPUs', () => {
    for (const { old, next } of handovers) warnOfForeignState(old, next);
    for (const { old } of handovers) old.switchOut();
    // Caches are not used any longer: what they hold must not be lost, nor come back later.
    const some = (list: readonly BaseCPU[]): boolean => list.some(cpu => cpu.bypassesCaches());
    if (some(handovers.map(({ next }) => next)) && !some([...olds])) {
      parts.memWriteback();
      parts.memInvalidate();
    }
    if (system.getMemoryMode() !== mode) system.setMemoryMode(mode);
    for (const { old, next } of handovers) next.takeOverFrom(old);
  });
}
