/**
 * A traffic generator, a memory object, a bus, a memory.
 *
 *     mini-gem5 configs/tutorial/simpleMemobj.ts [timing|atomic]
 *
 * The counterpart of gem5's configs/learning_gem5/part2/simple_memobj.py.
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
import { Memobj, SimpleMemobj } from './models/simpleMemobj';
import { Traffic, TrafficGenerator } from './models/trafficGenerator';

Memobj.enable();
Traffic.enable();

const system = new System({
  clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
  memMode: process.argv[2] === 'atomic' ? 'atomic' : 'timing',
  memRanges: [new AddrRange('64KiB')],
  generator: new TrafficGenerator({ range: new AddrRange('1KiB'), requests: 3 }),
  memobj: new SimpleMemobj(),
  membus: new SystemXBar(),
  memory: new SimpleMemory({ range: new AddrRange('64KiB') }),
});

system.generator.port = system.memobj.cpuSide;
system.memobj.memSide = system.membus.cpuSidePorts;
system.membus.memSidePorts = system.memory.port;
system.systemPort = system.membus.cpuSidePorts;

m5.instantiate(new Root({ fullSystem: false, system }));

console.log('Beginning simulation!');
const exit = m5.simulate();
console.log(`Exiting @ tick ${m5.curTick()} because ${exit.cause}`);
