import { expect } from 'chai';
import type { VcpuExit } from '../../../src/kvm/exits';
import { aScriptedSystem, DEVICE_LATENCY } from '../../support/scriptedKvmCpu';
import { record, type TimelineRecord } from '../../support/timeline';

const store: VcpuExit = { kind: 'mmio', isWrite: true, address: 0x40, data: new Uint8Array(4) };
const HLT: VcpuExit = { kind: 'hlt' };

/** Ticks in the microseconds of the file. */
const us = (ticks: number): number => ticks / 1e6;
const Run = 1.5e6;
/** When the guest, having had its answer, is entered again. */
const Second = Run + DEVICE_LATENCY;

const spans = (records: readonly TimelineRecord[]): unknown[] =>
  records.map(({ name, ts, dur }) => [name, ts, dur]);

describe('A KVM CPU in the timeline', () => {
  it('shows each entry with the reason of its exit and how long the guest ran', () => {
    const { simulation, cpu } = aScriptedSystem({ script: [store, HLT], runNs: 1500 });
    const timeline = record(simulation);
    cpu.thread.activate();
    simulation.simulate(1e8);
    simulation.dispose();
    const runs = timeline.track('simulated time/system.cpu KVM');
    expect(spans(runs)).to.deep.equal([
      ['KVM_RUN: mmio', 0, us(Run)],
      ['KVM_RUN: hlt', us(Second), us(Run)],
    ]);
    expect(runs.map(({ args }) => args)).to.deep.equal([
      { tick: 0, hostUs: 1.5, exit: 'mmio', reason: 'the guest wrote to 0x40' },
      { tick: Second, hostUs: 1.5, exit: 'hlt', reason: 'the guest halted' },
    ]);
    const host = timeline.track('host time/event loop').filter(({ cat }) => cat === 'KVM');
    expect(host.map(({ name, dur }) => [name, dur])).to.deep.equal([
      ['KVM_RUN: mmio', 1.5],
      ['KVM_RUN: hlt', 1.5],
    ]);
  });

  it('shows what the CPU is doing as one state after the other', () => {
    const { simulation, cpu } = aScriptedSystem({ script: [store, HLT], runNs: 1500 });
    const timeline = record(simulation);
    cpu.thread.activate();
    simulation.simulate(1e7);
    simulation.dispose();
    expect(spans(timeline.track('simulated time/system.cpu status'))).to.deep.equal([
      ['Idle', 0, 0],
      ['Running', 0, 0],
      ['RunningService', 0, us(Run)],
      ['RunningServiceCompletion', us(Run), us(DEVICE_LATENCY)],
      ['RunningService', us(Second), us(Run)],
      ['Idle', us(Second + Run), us(1e7 - Second - Run)],
    ]);
  });

  it('tells entries that only finish what was pending from those that run the guest', () => {
    const { simulation, cpu } = aScriptedSystem({ script: [store], runNs: 1500 });
    const timeline = record(simulation);
    cpu.thread.activate();
    simulation.simulate(1);
    simulation.drain();
    const names = timeline.track('simulated time/system.cpu KVM').map(({ name }) => name);
    expect(names).to.deep.equal(['KVM_RUN: mmio', 'KVM half entry: interrupted']);
    simulation.dispose();
  });
});
