import { expect } from 'chai';
import { EventFunctionWrapper } from '../../../src/sim/index';
import { aCPUSystem } from './testCPU';

describe('ThreadContext', () => {
  it('tells its CPU of every change of status, once', () => {
    const { cpus } = aCPUSystem({ cpus: [{}] });
    const [cpu] = cpus;
    const context = cpu!.getContext(0);
    expect(context.status()).to.equal('Halted');
    const steps: readonly [() => void, string][] = [
      [() => context.activate(), 'Active'],
      [() => context.activate(), 'Active'],
      [() => context.suspend(), 'Suspended'],
      [() => context.suspend(), 'Suspended'],
      [() => context.activate(), 'Active'],
      [() => context.halt(), 'Halted'],
      [() => context.halt(), 'Halted'],
    ];
    for (const [step, status] of steps) {
      step();
      expect(context.status()).to.equal(status);
    }
    expect(cpu!.calls).to.deep.equal(['activate 0', 'suspend 0', 'activate 0', 'halt 0']);
  });

  it('has its CPU bring registers up to date before it shows them', () => {
    const { cpus } = aCPUSystem({ cpus: [{}] });
    const context = cpus[0]!.getContext(0);
    expect(context.registers()).to.equal(context.state);
    expect(cpus[0]!.calls).to.deep.equal(['sync 0']);
    expect(context.dump().join('\n')).to.include('rip');
  });

  it('pauses and goes on as the system says', () => {
    const { simulation, system, cpus } = aCPUSystem({ cpus: [{}] });
    const context = cpus[0]!.getContext(0);
    context.activate();
    system.threads.quiesceTick(0, 5000);
    expect(context.status()).to.equal('Suspended');
    simulation.simulate(6000);
    expect(context.status()).to.equal('Active');
    expect(system.threads.numRunning()).to.equal(1);
  });

  it('lets events happen at instruction counts, unless they are taken back', () => {
    const { cpus } = aCPUSystem({ cpus: [{}] });
    const context = cpus[0]!.getContext(0);
    const happened: string[] = [];
    const event = (name: string): EventFunctionWrapper =>
      new EventFunctionWrapper(() => happened.push(name), name);
    const late = event('late');
    context.scheduleInstCountEvent(late, 20);
    context.scheduleInstCountEvent(event('early'), 10);
    context.descheduleInstCountEvent(late);
    context.instEvents.serviceEvents(30);
    expect(happened).to.deep.equal(['early']);
    expect(context.getCurrentInstCount()).to.equal(30);
  });
});
