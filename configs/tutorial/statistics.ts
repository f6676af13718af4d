/**
 * Statistics: a warm-up that does not count, a look at the numbers, a dump.
 *
 *     mini-gem5 configs/tutorial/statistics.ts
 */
import * as m5 from 'mini-gem5';
import {
  AddrRange,
  Root,
  SimpleMemory,
  SrcClockDomain,
  System,
  SystemXBar,
  VoltageDomain,
} from 'mini-gem5/objects';
import { SimpleCache } from './models/simpleCache';
import { TrafficGenerator } from './models/trafficGenerator';

const system = new System({
  clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
  memMode: 'timing',
  memRanges: [new AddrRange('64KiB')],
  generator: new TrafficGenerator({
    range: new AddrRange('1KiB'),
    requests: 1000,
    readPercent: 70,
  }),
  cache: new SimpleCache({ size: '512B' }),
  membus: new SystemXBar(),
  memory: new SimpleMemory({ range: new AddrRange('64KiB') }),
});

system.generator.port = system.cache.cpuSide;
system.cache.memSide = system.membus.cpuSidePorts;
system.membus.memSidePorts = system.memory.port;
system.systemPort = system.membus.cpuSidePorts;

m5.instantiate(new Root({ fullSystem: false, system }));

// The cache is empty at first. What happens until it is full says nothing about it.
m5.simulate(1_000_000);
m5.stats.reset();
m5.simulate();

// A statistic is a field of the model, and a script can read it.
const { hits, misses, hitRatio } = system.cache.simObject().cacheStats;
console.log(`${hits.value} hits, ${misses.value} misses, ratio ${hitRatio.total().toFixed(3)}`);

// Everything goes to stats.txt. Without this line it does so when the script ends.
m5.stats.dump();
