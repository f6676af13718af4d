/**
 * Two traffic generators that share a cache.
 *
 *     mini-gem5 configs/tutorial/simpleCache.ts [timing|atomic]
 *
 * The counterpart of gem5's configs/learning_gem5/part2/simple_cache.py.
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
import { Cache, SimpleCache } from './models/simpleCache';
import { TrafficGenerator } from './models/trafficGenerator';

Cache.enable();

const system = new System({
  clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
  memMode: process.argv[2] === 'atomic' ? 'atomic' : 'timing',
  memRanges: [new AddrRange('64KiB')],
  reader: new TrafficGenerator({ range: new AddrRange('64B'), requests: 4, readPercent: 100 }),
  writer: new TrafficGenerator({ range: new AddrRange(64, 256), requests: 8 }),
  cache: new SimpleCache({ size: '128B', latency: 2 }),
  membus: new SystemXBar(),
  memory: new SimpleMemory({ range: new AddrRange('64KiB') }),
});

// Each assignment connects one more element of the vector port.
system.reader.port = system.cache.cpuSide;
system.writer.port = system.cache.cpuSide;
system.cache.memSide = system.membus.cpuSidePorts;
system.membus.memSidePorts = system.memory.port;
system.systemPort = system.membus.cpuSidePorts;

m5.instantiate(new Root({ fullSystem: false, system }));

console.log('Beginning simulation!');
for (const generator of ['first', 'second']) {
  const exit = m5.simulate();
  console.log(`The ${generator} generator @ tick ${m5.curTick()}: ${exit.cause}`);
}
