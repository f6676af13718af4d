import { expect } from 'chai';
import {
  AddrRange,
  KvmVM,
  Process,
  Root,
  SimpleMemory,
  SrcClockDomain,
  System,
  SystemXBar,
  VoltageDomain,
  X86EmuLinux,
  X86KvmCPU,
} from '../../../src/m5/objects';
import { configIni, configJson, pythonJson } from '../../../src/sim/index';
import { settleTree } from '../../../src/sim/resolveProxies';

const TicksPerSecond = 1e12;

/**
 * What gem5 v24.0.0.1 wrote into config.ini for the system below, without objects that do not exist
 * here. Parameters that do not exist here are passed over.
 */
const reference = `
[root]
type=Root
children=system
eventq_index=0
full_system=false
sim_quantum=0
time_sync_enable=false
time_sync_period=100000000000
time_sync_spin_threshold=100000000

[system]
type=System
auto_unlink_shared_backstore=false
cache_line_size=64
eventq_index=0
exit_on_work_items=false
init_param=0
mem_mode=atomic_noncaching
mem_ranges=0:536870912
memories=system.memory
mmap_using_noreserve=false
multi_thread=false
num_work_ids=16
readfile=
redirect_paths=
shadow_rom_ranges=
shared_backstore=
symbolfile=
thermal_components=
thermal_model=Null
work_begin_ckpt_count=0
work_begin_cpu_id_exit=-1
work_begin_exit_count=0
work_cpus_ckpt_count=0
work_end_ckpt_count=0
work_end_exit_count=0
work_item_id=-1
workload=system.workload

[system.clk_domain]
type=SrcClockDomain
children=voltage_domain
clock=1000
domain_id=-1
eventq_index=0
init_perf_level=0
voltage_domain=system.clk_domain.voltage_domain

[system.clk_domain.voltage_domain]
type=VoltageDomain
eventq_index=0
voltage=1.0

[system.cpu]
type=X86KvmCPU
alwaysSyncTC=false
clk_domain=system.clk_domain
cpu_id=-1
do_checkpoint_insts=true
do_statistics_insts=true
eventq_index=0
hostFactor=1.0
hostFreq=500
max_insts_all_threads=0
max_insts_any_thread=0
numThreads=1
progress_interval=0
simpoint_start_insts=
socket_id=0
switched_out=false
syscallRetryLatency=10000
system=system
useCoalescedMMIO=false
usePerfOverflow=false
useXSave=true
workload=system.cpu.workload
dcache_port=system.membus.cpu_side_ports[1]
icache_port=system.membus.cpu_side_ports[0]

[system.cpu.workload]
type=Process
cmd=hello a
cwd=/guest
drivers=
egid=100
env=
errout=cerr
euid=100
eventq_index=0
executable=
gid=100
input=cin
kvmInSE=true
maxStackSize=67108864
output=cout
pgid=100
pid=100
ppid=0
release=5.1.0
simpoint=0
system=system
uid=100
useArchPT=true

[system.kvm_vm]
type=KvmVM
coalescedMMIO=
eventq_index=0
system=system

[system.membus]
type=CoherentXBar
clk_domain=system.clk_domain
eventq_index=0
forward_latency=4
frontend_latency=3
header_latency=1
max_outstanding_snoops=512
max_routing_table_size=512
point_of_coherency=true
point_of_unification=true
response_latency=2
snoop_filter=system.membus.snoop_filter
snoop_response_latency=4
system=system
use_default_range=false
width=16

[system.membus.snoop_filter]
type=SnoopFilter
eventq_index=0
lookup_latency=1
max_capacity=8388608
system=system

[system.memory]
type=SimpleMemory
bandwidth=73.000000
clk_domain=system.clk_domain
collect_stats=true
conf_table_reported=true
eventq_index=0
image_file=
in_addr_map=true
kvm_map=true
latency=30000
latency_var=0
null=false
range=0:536870912
writeable=true

[system.workload]
type=X86EmuLinux
eventq_index=0
`;

/** The system of gem5's learning_gem5/part1/simple.py, with a KVM CPU. */
function aSystem(): InstanceType<typeof Root> {
  const system = new System({
    clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
    memMode: 'atomic_noncaching',
    memRanges: [new AddrRange('512MiB')],
    kvmVm: new KvmVM(),
    cpu: new X86KvmCPU(),
    membus: new SystemXBar(),
    memory: new SimpleMemory(),
    workload: new X86EmuLinux(),
  });
  system.cpu.icachePort = system.membus.cpuSidePorts;
  system.cpu.dcachePort = system.membus.cpuSidePorts;
  system.memory.range = system.memRanges[0];
  system.memory.port = system.membus.memSidePorts;
  system.systemPort = system.membus.cpuSidePorts;
  system.cpu.workload = new Process({ cmd: ['hello', 'a'], cwd: '/guest' });
  const root = new Root({ fullSystem: false, system });
  settleTree(root);
  return root;
}

/** Lines by the section that they are in. */
function sectionsOf(ini: string): Map<string, string[]> {
  const sections = ini
    .trim()
    .split('\n\n')
    .map(section => section.split('\n'));
  return new Map(sections.map(([name = '', ...lines]) => [name, lines]));
}

const keyOf = (line: string): string => line.slice(0, line.indexOf('='));

describe('The configuration of gem5’s first example', () => {
  const sections = sectionsOf(configIni(aSystem(), TicksPerSecond));

  for (const [name, expected] of sectionsOf(reference)) {
    it(`has the section ${name} as gem5 writes it`, () => {
      const ours = sections.get(name) ?? [];
      const common = (lines: string[], others: string[]): string[] => {
        const keys = new Set(others.map(keyOf));
        return lines.filter(line => keys.has(keyOf(line)));
      };
      expect(common(ours, expected)).to.deep.equal(common(expected, ours));
      expect(common(expected, ours).length).to.be.at.least(expected.length * 0.6);
    });
  }

  it('has the sections in gem5’s order', () => {
    const names = [...sectionsOf(reference).keys()];
    expect([...sections.keys()].filter(name => names.includes(name))).to.deep.equal(names);
  });

  it('connects ports as gem5 numbers them', () => {
    const connected = [...sections.values()].flat().filter(line => /_ports?=/.test(line));
    expect(connected).to.deep.equal([
      'system_port=system.membus.cpu_side_ports[2]',
      'dcache_port=system.membus.cpu_side_ports[1]',
      'icache_port=system.membus.cpu_side_ports[0]',
      'cpu_side_ports=system.cpu.icache_port system.cpu.dcache_port system.system_port',
      'mem_side_ports=system.memory.port',
    ]);
  });

  it('names gem5’s classes in config.json, and puts its objects in gem5’s order', () => {
    const text = pythonJson(configJson(aSystem(), TicksPerSecond));
    expect([...text.matchAll(/"cxx_class": "gem5::(.*)"/g)].map(match => match[1])).to.deep.equal([
      ...['Root', 'System', 'X86ISA::EmuLinux', 'SrcClockDomain', 'VoltageDomain', 'X86KvmCPU'],
      ...['Process', 'KvmVM', 'CoherentXBar', 'SnoopFilter', 'memory::SimpleMemory'],
    ]);
    expect(text).to.match(/"voltage": \[\n +1\.0\n +\]/);
    expect(text).to.match(/"hostFactor": 1\.0,\n +"hostFreq": 500,/);
    expect(text).to.match(/"bandwidth": "73\.000000",/);
    expect(text).to.match(/"workload": \[\n +\{\n +"type": "Process",/);
  });
});
