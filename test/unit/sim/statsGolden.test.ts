import { expect } from 'chai';
import {
  add,
  Distribution,
  div,
  Formula,
  Histogram,
  mul,
  Scalar,
  StatFlag,
  StatGroup,
  StatsRegistry,
  unit,
  Value,
  Vector,
  Vector2d,
  VectorStandardDeviation,
  type StatFlags,
  type Unit,
} from '../../../src/sim/stats/index';
import { ATOMIC_STATS, TRAFFIC_STATS } from '../../support/gem5Stats';
import { aStatsEnvironment, dumpOf } from '../../support/stats';

/** The descriptions were taken out of gem5's output. */
const DESCRIPTION = '…';

const bytesPerSecond = unit.rate(unit.Byte, unit.Second);
const totalOnly = StatFlag.total | StatFlag.nozero | StatFlag.nonan;

function scalars(group: StatGroup, measure: Unit, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) {
    new Scalar(group, name, measure, DESCRIPTION).value = count;
  }
}

function vector(
  group: StatGroup,
  name: string,
  measure: Unit,
  flags: StatFlags,
  counts: Readonly<Record<string, number>> | readonly number[],
): Vector {
  const stat = new Vector(group, name, measure, DESCRIPTION).flags(flags);
  const values = Object.values(counts);
  stat.init(values.length);
  values.forEach((value, index) => stat.set(index, value));
  return Array.isArray(counts) ? stat : stat.subnames(Object.keys(counts));
}

function subGroup(parent: StatGroup, ...path: readonly string[]): StatGroup {
  return path.reduce(
    (above, name) => above.resolveGroup(name) ?? new StatGroup(above, name),
    parent,
  );
}

/** Gives all statistics of the tree the description that the expected text has. */
function withoutDescriptions(text: string): string {
  return text.replaceAll(/# .* (\(\S+\)\n)/g, `# ${DESCRIPTION} $1`);
}

/** The share of `part` in lines such as `name::part  12  3.00%  4.00%`, read off gem5's output. */
function countsIn(text: string, prefix: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const [name = '', value = ''] = line.split(/ +/);
    if (name.startsWith(`${prefix}::`) && !name.endsWith('::total')) {
      counts[name.slice(prefix.length + 2)] = Number(value);
    }
  }
  return counts;
}

/** The host's clock, whose readings differ from one statistic to the next. */
function readings(...seconds: readonly number[]): () => number {
  const left = [...seconds];
  return () => left.shift() ?? expect.fail('the host clock was read too often');
}

describe('stats.txt of a hello program on an atomic CPU', () => {
  function anAtomicRun(): StatsRegistry {
    const ticks = 26796000;
    const registry = new StatsRegistry(
      aStatsEnvironment({
        curTick: () => ticks,
        hostSeconds: readings(0, 0.02, ticks / 1720449438, 11670 / 743691, 23045 / 1467834),
        hostMemory: () => 654528 / 1024,
        insts: () => 11670,
        ops: () => 23045,
      }),
    );
    const system = subGroup(registry.root, 'system');
    clocks(system);
    cpu(subGroup(system, 'cpu'), ticks);
    membus(subGroup(system, 'membus'), ticks);
    memory(subGroup(system, 'memory'), registry, ticks);
    scalars(subGroup(system, 'workload', 'inst'), unit.Count, { arm: 0, quiesce: 0 });
    registry.enable();
    return registry;
  }

  function clocks(system: StatGroup): void {
    const domain = subGroup(system, 'clk_domain');
    new Value(domain, 'clock', unit.Tick, DESCRIPTION, 1000);
    new Value(subGroup(domain, 'voltage_domain'), 'voltage', unit.Volt, DESCRIPTION, 1);
  }

  function residency(group: StatGroup, state: string, ticks: number): void {
    const states = { [state]: ticks };
    const power = subGroup(group, 'power_state');
    vector(power, 'pwrStateResidencyTicks', unit.Tick, StatFlag.nozero, {
      UNDEFINED: 0,
      ON: 0,
      ...states,
    });
  }

  function cpu(group: StatGroup, ticks: number): void {
    const numCycles = new Scalar(group, 'numCycles', unit.Cycle, DESCRIPTION);
    numCycles.value = 26833;
    const numInsts = new Scalar(
      subGroup(group, 'commitStats0'),
      'numInsts',
      unit.Count,
      DESCRIPTION,
    );
    numInsts.value = 11688;
    ratios(group, numCycles, numInsts);
    scalars(group, unit.Count, { numWorkItemsStarted: 0, numWorkItemsCompleted: 0 });
    commitStats(subGroup(group, 'commitStats0'), numCycles, numInsts);
    execContext(subGroup(group, 'exec_context', 'thread_0'), numCycles);
    executeStats(subGroup(group, 'executeStats0'), numCycles);
    fetchStats(subGroup(group, 'fetchStats0'), numCycles);
    new Value(subGroup(group, 'interrupts', 'clk_domain'), 'clock', unit.Tick, DESCRIPTION, 16000);
    mmu(subGroup(group, 'mmu'), ticks);
    residency(group, 'ON', ticks);
    scalars(subGroup(group, 'thread_0'), unit.Count, { numInsts: 0, numOps: 0, numMemRefs: 0 });
    scalars(subGroup(group, 'workload'), unit.Count, { numSyscalls: 16 });
  }

  function ratios(group: StatGroup, cycles: Scalar, insts: Scalar): void {
    const cpi = new Formula(group, 'cpi', unit.rate(unit.Cycle, unit.Count), DESCRIPTION);
    cpi.set(div(cycles, insts)).precision(6);
    const ipc = new Formula(group, 'ipc', unit.rate(unit.Count, unit.Cycle), DESCRIPTION);
    ipc.set(div(insts, cycles)).precision(6);
  }

  function commitStats(group: StatGroup, cycles: Scalar, insts: Scalar): void {
    scalars(group, unit.Count, { numOps: 23064, numInstsNotNOP: 0, numOpsNotNOP: 0 });
    ratios(group, cycles, insts);
    scalars(group, unit.Count, {
      numMemRefs: 0,
      numFpInsts: 1457,
      numIntInsts: 22305,
      numLoadInsts: 2368,
      numStoreInsts: 2249,
      numVecInsts: 0,
    });
    const shares = StatFlag.total | StatFlag.pdf | StatFlag.dist;
    const types = countsIn(ATOMIC_STATS, 'system.cpu.commitStats0.committedInstType');
    vector(group, 'committedInstType', unit.Count, shares, types);
    vector(group, 'committedControl', unit.Count, StatFlag.nozero, {
      IsControl: 2579,
      IsDirectControl: 2259,
      IsIndirectControl: 320,
      IsCondControl: 1875,
      IsUncondControl: 704,
      IsCall: 241,
      IsReturn: 236,
    });
  }

  function execContext(group: StatGroup, cycles: Scalar): void {
    scalars(group, unit.Count, { numMatAluAccesses: 0, numCallsReturns: 477, numMatInsts: 0 });
    const notIdle = new Scalar(new StatGroup(), 'notIdle', unit.Ratio, DESCRIPTION);
    notIdle.value = 1 - 0.001001 / cycles.value;
    const idle = new Formula(group, 'numIdleCycles', unit.Cycle, DESCRIPTION);
    const busy = new Formula(group, 'numBusyCycles', unit.Cycle, DESCRIPTION);
    new Formula(group, 'notIdleFraction', unit.Ratio, DESCRIPTION, notIdle);
    const idleFraction = new Formula(group, 'idleFraction', unit.Ratio, DESCRIPTION);
    idleFraction.set(add(1, mul(-1, notIdle)));
    idle.set(mul(idleFraction, cycles));
    busy.set(mul(notIdle, cycles));
  }

  function executeStats(group: StatGroup, cycles: Scalar): void {
    scalars(group, unit.Count, {
      numInsts: 0,
      numNop: 0,
      numBranches: 0,
      numLoadInsts: 0,
      numStoreInsts: 4617,
    });
    const rate = new Formula(group, 'instRate', unit.rate(unit.Count, unit.Cycle), DESCRIPTION);
    rate.set(div(group.resolveStat('numInsts') as Scalar, cycles));
    scalars(group, unit.Count, {
      numFpAluAccesses: 1457,
      numFpRegReads: 1668,
      numFpRegWrites: 810,
      numIntAluAccesses: 22305,
      numIntRegReads: 25389,
      numIntRegWrites: 15726,
      numMemRefs: 4617,
      numMiscRegReads: 9955,
      numVecAluAccesses: 0,
      numDiscardedOps: 0,
    });
  }

  function fetchStats(group: StatGroup, cycles: Scalar): void {
    scalars(group, unit.Count, { numInsts: 11688, numOps: 23064 });
    const insts = group.resolveStat('numInsts') as Scalar;
    const perCycle = unit.rate(unit.Count, unit.Cycle);
    new Formula(group, 'fetchRate', perCycle, DESCRIPTION, div(insts, cycles));
    scalars(group, unit.Count, { numBranches: 2579 });
    const branches = group.resolveStat('numBranches') as Scalar;
    new Formula(group, 'branchRate', unit.Ratio, DESCRIPTION, div(branches, cycles));
    scalars(group, unit.Count, { numFetchSuspends: 0 });
  }

  function mmu(group: StatGroup, ticks: number): void {
    scalars(subGroup(group, 'dtb'), unit.Count, {
      rdAccesses: 2370,
      wrAccesses: 2249,
      rdMisses: 17,
      wrMisses: 11,
    });
    scalars(subGroup(group, 'itb'), unit.Count, {
      rdAccesses: 0,
      wrAccesses: 15458,
      rdMisses: 0,
      wrMisses: 56,
    });
    residency(subGroup(group, 'dtb', 'walker'), 'UNDEFINED', ticks);
    residency(subGroup(group, 'itb', 'walker'), 'UNDEFINED', ticks);
  }

  function membus(group: StatGroup, ticks: number): void {
    vector(group, 'transDist', unit.Count, StatFlag.nozero, {
      InvalidCmd: 0,
      ReadReq: 17810,
      ReadResp: 17810,
      WriteReq: 2228,
      WriteResp: 2228,
      LockedRMWReadReq: 18,
      LockedRMWReadResp: 18,
      LockedRMWWriteReq: 18,
      LockedRMWWriteResp: 18,
    });
    traffic(group, 'pktCount', unit.Count, [30916, 9232]);
    traffic(group, 'pktSize', unit.Byte, [123664, 31753]);
    scalars(group, unit.Count, { snoops: 0 });
    scalars(group, unit.Byte, { snoopTraffic: 0 });
    const fanout = new Distribution(group, 'snoopFanout', unit.Count, DESCRIPTION).init(0, 1, 1);
    fanout.sample(0, 20074);
    residency(group, 'UNDEFINED', ticks);
    scalars(subGroup(group, 'snoop_filter'), unit.Count, {
      totRequests: 0,
      hitSingleRequests: 0,
      hitMultiRequests: 0,
      totSnoops: 0,
      hitSingleSnoops: 0,
      hitMultiSnoops: 0,
    });
  }

  function traffic(group: StatGroup, name: string, measure: Unit, counts: readonly number[]): void {
    const table = new Vector2d(group, name, measure, DESCRIPTION)
      .init(2, 2)
      .flags(totalOnly)
      .subnames(['system.cpu.icache_port', 'system.cpu.dcache_port'])
      .ysubnames(['system.memory.port', 'system.cpu.interrupts.int_responder']);
    counts.forEach((count, row) => table.inc(row, 0, count));
  }

  function memory(group: StatGroup, registry: StatsRegistry, ticks: number): void {
    const by = (inst: number, data: number): Record<string, number> => ({
      functional: 0,
      'cpu.inst': inst,
      'cpu.data': data,
    });
    const bytesRead = vector(group, 'bytesRead', unit.Byte, totalOnly, by(123664, 15144));
    const instRead = vector(group, 'bytesInstRead', unit.Byte, totalOnly, by(123664, 0));
    const written = vector(group, 'bytesWritten', unit.Byte, totalOnly, by(0, 16609));
    vector(group, 'numReads', unit.Count, totalOnly, by(15458, 2370));
    vector(group, 'numWrites', unit.Count, totalOnly, by(0, 2246));
    vector(group, 'numOther', unit.Count, totalOnly, by(0, 0));
    const { simSeconds } = registry.rootStats;
    const bandwidths = {
      bwRead: div(bytesRead, simSeconds),
      bwInstRead: div(instRead, simSeconds),
      bwWrite: div(written, simSeconds),
      bwTotal: div(add(bytesRead, written), simSeconds),
    };
    for (const [name, bandwidth] of Object.entries(bandwidths)) {
      new Formula(group, name, bytesPerSecond, DESCRIPTION, bandwidth)
        .precision(0)
        .prereq(bytesRead)
        .flags(totalOnly)
        .subnames(Object.keys(by(0, 0)));
    }
    residency(group, 'UNDEFINED', ticks);
  }

  it('is gem5’s, byte for byte', () => {
    expect(withoutDescriptions(dumpOf(anAtomicRun()))).to.equal(ATOMIC_STATS);
  });
});

describe('stats.txt of random traffic into a memory controller', () => {
  function aTrafficRun(): StatsRegistry {
    const ticks = 20000000;
    const registry = new StatsRegistry(
      aStatsEnvironment({
        curTick: () => ticks,
        hostSeconds: readings(0, 0.01, ticks / 1743983258),
        hostMemory: () => 635116 / 1024,
      }),
    );
    const system = subGroup(registry.root, 'system');
    generator(subGroup(system, 'gen'), registry);
    controller(subGroup(system, 'mem'), registry);
    dram(subGroup(system, 'mem', 'dram'));
    membus(subGroup(system, 'membus'));
    monitor(subGroup(system, 'mon'), registry);
    registry.enable();
    return registry;
  }

  function generator(group: StatGroup, { rootStats: { simSeconds } }: StatsRegistry): void {
    const bytesRead = new Scalar(group, 'bytesRead', unit.Byte, DESCRIPTION);
    bytesRead.value = 124544;
    const bytesWritten = new Scalar(group, 'bytesWritten', unit.Byte, DESCRIPTION);
    bytesWritten.value = 57472;
    scalars(group, unit.Tick, { totalReadLatency: 224918402, totalWriteLatency: 25276305 });
    scalars(group, unit.Count, { totalReads: 1946, totalWrites: 898 });
    for (const what of ['Read', 'Write']) {
      const latency = group.resolveStat(`total${what}Latency`) as Scalar;
      const count = group.resolveStat(`total${what}s`) as Scalar;
      const perCount = unit.rate(unit.Tick, unit.Count);
      new Formula(group, `avg${what}Latency`, perCount, DESCRIPTION, div(latency, count));
    }
    new Formula(group, 'readBW', bytesPerSecond, DESCRIPTION, div(bytesRead, simSeconds));
    new Formula(group, 'writeBW', bytesPerSecond, DESCRIPTION, div(bytesWritten, simSeconds));
  }

  function controller(group: StatGroup, { rootStats: { simSeconds } }: StatsRegistry): void {
    const hidden = StatFlag.nozero | StatFlag.nonan;
    new VectorStandardDeviation(group, 'avgPriority', unit.Count, DESCRIPTION)
      .init(2)
      .subnames(['writebacks', 'gen'])
      .flags(hidden)
      .precision(2)
      .sample(1, 0, 2857);
    const latency = { priorityMinLatency: 19995, priorityMaxLatency: 8299098 };
    for (const [name, ticks] of Object.entries(latency)) {
      new Scalar(group, name, unit.Second, DESCRIPTION).precision(12).value = ticks / 1e12;
    }
    new Histogram(group, 'wrPerTurnAround', unit.Count, DESCRIPTION)
      .init(64)
      .flags(StatFlag.nozero)
      .sample(16, 52);
    scalars(group, unit.Byte, { bytesReadSys: 125184, bytesWrittenSys: 57664 });
    for (const [name, bytes] of Object.entries({ avgRdBWSys: 125184, avgWrBWSys: 57664 })) {
      const bandwidth = div(bytes, simSeconds);
      new Formula(group, name, bytesPerSecond, DESCRIPTION, bandwidth).precision(8);
    }
    const names = ['writebacks', 'gen'];
    const read = vector(group, 'requestorReadBytes', unit.Byte, hidden, [0, 124928]);
    const written = vector(group, 'requestorWriteBytes', unit.Byte, hidden, [0, 53952]);
    const rates = { requestorReadRate: read, requestorWriteRate: written };
    for (const [name, bytes] of Object.entries(rates)) {
      bytes.subnames(names);
      new Formula(group, name, bytesPerSecond, DESCRIPTION, div(bytes, simSeconds))
        .subnames(names)
        .flags(hidden)
        .precision(12);
    }
  }

  function dram(group: StatGroup): void {
    vector(group, 'bytesRead', unit.Byte, totalOnly, { writebacks: 0, gen: 124928 });
    const bursts = countsIn(TRAFFIC_STATS, 'system.mem.dram.perBankRdBursts');
    vector(group, 'perBankRdBursts', unit.Count, StatFlag.none, Object.values(bursts));
    const perActivate = new Histogram(group, 'bytesPerActivate', unit.Byte, DESCRIPTION)
      .init(16)
      .flags(StatFlag.nozero);
    perActivate.sample(128, 95);
    perActivate.sample(64, 2581);
    new Scalar(group, 'busUtilRead', unit.Ratio, DESCRIPTION).precision(2).value = 32.5203;
    const rank = subGroup(group, 'rank0');
    scalars(rank, unit.Tick, { totalIdleTime: 0 });
    const states = countsIn(TRAFFIC_STATS, 'system.mem.dram.rank0.pwrStateTime');
    vector(rank, 'pwrStateTime', unit.Tick, StatFlag.none, states);
  }

  function membus(group: StatGroup): void {
    new Vector2d(group, 'pktCount', unit.Count, DESCRIPTION)
      .init(2, 1)
      .flags(totalOnly)
      .subnames(['system.mon-mem_side_port', 'system.system_port'])
      .ysubname(0, 'system.mem.port')
      .inc(0, 0, 5702);
    const fanout = new Distribution(group, 'snoopFanout', unit.Count, DESCRIPTION).init(0, 0, 1);
    fanout.sample(0, 2857);
  }

  function monitor(group: StatGroup, { rootStats: { simSeconds } }: StatsRegistry): void {
    const burst = new Histogram(group, 'readBurstLengthHist', unit.Byte, DESCRIPTION).init(20);
    burst.flags(StatFlag.pdf).sample(64, 1956);
    new Histogram(group, 'readBandwidthHist', bytesPerSecond, DESCRIPTION).init(20);
    scalars(group, unit.Byte, { totalReadBytes: 124544 });
    const total = group.resolveStat('totalReadBytes') as Scalar;
    new Formula(group, 'averageReadBandwidth', bytesPerSecond, DESCRIPTION)
      .set(div(total, simSeconds))
      .flags(StatFlag.pdf);
    const gaps = new Distribution(group, 'ittWriteWrite', unit.Tick, DESCRIPTION);
    gaps.init(1, 100000, 5000).flags(StatFlag.pdf);
    for (const [value, count] of GAPS_BETWEEN_WRITES) gaps.sample(value, count);
  }

  // Samples with the mean, the deviation, the extremes and the counts per bucket of that run.
  const GAPS_BETWEEN_WRITES = [
    [5000, 1],
    [6621, 275],
    [14954, 139],
    [14921, 1],
    [15306, 95],
    [15311, 1],
    [15333, 1],
    [20343, 124],
    [29401, 65],
    [31991, 47],
    [39246, 37],
    [44835, 20],
    [49876, 21],
    [52129, 17],
    [58356, 14],
    [61796, 7],
    [67387, 4],
    [71100, 5],
    [79532, 6],
    [82922, 2],
    [87347, 6],
    [94898, 3],
    [149055, 1],
    [105077, 7],
    [105696, 1],
  ] as const;

  it('is gem5’s, byte for byte', () => {
    expect(withoutDescriptions(dumpOf(aTrafficRun()))).to.equal(TRAFFIC_STATS);
  });
});
