import { expect } from 'chai';
import { clearDebugFlags, setDebugFlags } from '../../../src/base/index';
import { traceOf } from '../../support/memory';
import { aSimulation, QuietHost, Root } from '../../support/simulation';

/** A host whose time passes only while somebody sleeps, and a little at each look at the clock. */
class SleepingHost extends QuietHost {
  now = 100;

  override seconds(): number {
    this.now += 1e-6;
    return this.now;
  }

  override sleep(seconds: number): void {
    super.sleep(seconds);
    this.now += seconds;
  }
}

describe('The root of the tree', () => {
  it('holds simulated time back to real time, when asked to', () => {
    const host = new SleepingHost();
    const simulation = aSimulation(host);
    const root = new Root({ fullSystem: false, timeSyncEnable: true, timeSyncPeriod: '10ms' });
    simulation.instantiate(root);
    const start = host.now;
    simulation.simulate(55e9);
    expect(host.slept).to.have.length(5);
    for (const seconds of host.slept) expect(seconds).to.be.closeTo(0.01, 1e-4);
    expect(host.now - start).to.be.closeTo(0.05, 1e-3);
    expect(root.simObject().timeSyncEnabled()).to.equal(true);
  });

  it('does not sleep for less than a threshold', () => {
    const host = new SleepingHost();
    const simulation = aSimulation(host);
    simulation.instantiate(
      new Root({
        fullSystem: false,
        timeSyncEnable: true,
        timeSyncPeriod: '20us',
        timeSyncSpinThreshold: '50us',
      }),
    );
    const start = host.now;
    simulation.simulate(200e6);
    expect(host.slept).to.deep.equal([]);
    expect(host.now - start).to.be.at.least(200e-6 * 0.999);
  });

  it('lets simulated time run otherwise, and whenever a script says so', () => {
    const host = new SleepingHost();
    const simulation = aSimulation(host);
    const root = new Root({ fullSystem: false });
    simulation.instantiate(root);
    simulation.simulate(1e12);
    expect(host.slept).to.deep.equal([]);
    root.simObject().timeSyncEnable(true);
    setDebugFlags('TimeSync');
    const lines = traceOf(() => simulation.simulate(100e9));
    clearDebugFlags();
    expect(lines).to.deep.equal(['1100000000000: root: Sleeping to sync with real time.']);
    root.simObject().timeSyncEnable(false);
    simulation.simulate(1e12);
    expect(host.slept).to.have.length(1);
  });
});
