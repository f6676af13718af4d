import { expect } from 'chai';
import { FatalError, MaxTick, PanicError } from '../../../src/base/index';
import { EventFlag, EventLoop, EventPriority, exitSimLoop } from '../../../src/sim/index';
import { CountingEvent, EventLog, runQueue } from '../../support/events';

const never = (): boolean => false;

/** An event that happens every tick, without end. */
function aClock(world: EventLog, period = 1): void {
  const event = world.at(0, 'tick', 0, () =>
    world.queue.schedule(event, world.queue.curTick + period),
  );
}

describe('The event loop', () => {
  it('ends at the limit, when the tick is complete', () => {
    const world = new EventLog();
    world.at(100, 'just in time', EventPriority.Progress_Event_Pri);
    world.at(100, 'too late', EventPriority.Maximum_Pri);
    world.at(101, 'too late');
    const exit = runQueue(world.queue, 100);
    expect([exit.cause, exit.code]).to.deep.equal(['simulate() limit reached', 0]);
    expect(world.queue.curTick).to.equal(100);
    expect(world.log).to.deep.equal(['just in time']);
  });

  it('ends with an exit event of the last tick that was asked for during the run', () => {
    const world = new EventLog();
    world.at(50, 'asks', 0, () => exitSimLoop(world.queue, 'enough', 0, 100));
    expect(runQueue(world.queue, 100).cause).to.equal('enough');
  });

  it('forgets its limit when it ends early', () => {
    const world = new EventLog();
    world.at(10, 'asks', 0, () => exitSimLoop(world.queue, 'enough'));
    world.at(500, 'later');
    runQueue(world.queue, 100);
    expect(Array.from(world.queue.pending(), event => event.when)).to.deep.equal([500]);
    expect(runQueue(world.queue, MaxTick).cause).to.equal('simulate() limit reached');
    expect(world.log).to.deep.equal(['asks', 'later']);
  });

  it('ends at MaxTick when nothing is left to happen', () => {
    const { queue } = new EventLog();
    expect(runQueue(queue, MaxTick).cause).to.equal('simulate() limit reached');
    expect(queue.curTick).to.equal(MaxTick);
    expect(queue.empty()).to.equal(true);
  });

  it('takes its limit along when an event throws', () => {
    const world = new EventLog();
    world.at(10, 'bad', 0, () => {
      throw new FatalError('no');
    });
    const next = world.at(20, 'next');
    expect(() => runQueue(world.queue, 100)).to.throw(FatalError, /bad/);
    expect([...world.queue.pending()]).to.deep.equal([next]);
  });

  it('ends within a few events when the user asks, with the tick complete', () => {
    const world = new EventLog();
    aClock(world);
    let asked = false;
    world.at(1000, 'signal', 0, () => {
      asked = true;
    });
    const exit = runQueue(world.queue, MaxTick, () => asked);
    expect(exit.cause).to.equal('user interrupt received');
    expect(world.queue.curTick).to.be.within(1000, 1100);
    expect(world.log.filter(name => name === 'tick')).to.have.length(world.queue.curTick + 1);
    expect([...world.queue.pending()]).to.have.length(1);
  });

  it('ends after the present event when the queue is woken up', () => {
    const world = new EventLog();
    aClock(world);
    let asked = false;
    world.at(1000, 'signal', -1, () => {
      asked = true;
      world.queue.wakeup();
    });
    runQueue(world.queue, MaxTick, () => asked);
    expect(world.queue.curTick).to.equal(1000);
  });

  it('ends when the user asks although the present tick never ends', () => {
    const world = new EventLog();
    aClock(world, 0);
    const exit = runQueue(world.queue, MaxTick, () => true);
    expect(exit.cause).to.equal('user interrupt received');
    expect(exit.scheduled).to.equal(false);
    expect(world.log.length).to.be.below(10_000);
  });

  it('lets events from outside in at the start, and after the event that woke it up', () => {
    const world = new EventLog();
    world.queue.asyncSchedule(world.event('before the run'));
    world.at(10, 'a', 0, () => world.queue.asyncSchedule(world.event('meanwhile')));
    world.at(11, 'b');
    runQueue(world.queue, 100);
    expect(world.log).to.deep.equal(['before the run', 'a', 'meanwhile', 'b']);
  });

  it('refuses to go back in time', () => {
    const world = new EventLog();
    world.at(10, 'missed');
    world.queue.setCurTick(20);
    expect(() => runQueue(world.queue, 100)).to.throw(
      PanicError,
      /missed.* is scheduled for tick 10, but queue queue is at tick 20/,
    );
    expect(() => runQueue(world.queue, 19)).to.throw(PanicError, /in the past/);
  });

  it('refuses an exit event that says no cause', () => {
    const { queue } = new EventLog();
    queue.schedule(new CountingEvent(0, EventFlag.IsExitEvent), 1);
    expect(() => runQueue(queue, 100)).to.throw(PanicError, /has no cause/);
  });

  it('can be left and resumed', () => {
    const world = new EventLog();
    aClock(world);
    const loop = new EventLoop(world.queue, 1000, never);
    let pauses = 0;
    while (loop.runSlice(() => true) === null) pauses++;
    loop.close();
    expect(pauses).to.be.greaterThan(10);
    expect(world.queue.curTick).to.equal(1000);
    const ticks = world.log.length;

    const again = new EventLoop(world.queue, 5000, never);
    expect(again.runSlice(() => true)).to.equal(null);
    again.close();
    again.close();
    expect(world.log.length).to.be.greaterThan(ticks);
    expect([...world.queue.pending()]).to.have.length(1);
  });
});
