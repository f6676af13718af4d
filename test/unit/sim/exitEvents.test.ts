import { expect } from 'chai';
import { MaxTick, PanicError } from '../../../src/base/index';
import {
  CountedExitEvent,
  EventPriority,
  EventQueue,
  exitSimLoop,
  exitSimLoopNow,
  type GlobalSimLoopExitEvent,
  LocalSimLoopExitEvent,
} from '../../../src/sim/index';
import { EventLog, runQueue } from '../../support/events';

const run = (queue: EventQueue): GlobalSimLoopExitEvent => runQueue(queue, MaxTick);

describe('exitSimLoop', () => {
  it('ends the run when the tick is complete', () => {
    const world = new EventLog();
    world.at(10, 'asks', 0, () => exitSimLoop(world.queue, 'enough', 3));
    world.at(10, 'same tick', EventPriority.Progress_Event_Pri);
    world.at(10, 'too late', EventPriority.Maximum_Pri);
    const exit = run(world.queue);
    expect([exit.getCause(), exit.getCode()]).to.deep.equal(['enough', 3]);
    expect(world.log).to.deep.equal(['asks', 'same tick']);
    expect(world.queue.curTick).to.equal(10);
  });

  it('ends the run at a later tick', () => {
    const world = new EventLog();
    world.at(10, 'a');
    world.at(200, 'b');
    exitSimLoop(world.queue, 'enough', 0, 100);
    run(world.queue);
    expect(world.queue.curTick).to.equal(100);
    expect(world.log).to.deep.equal(['a']);
  });

  it('ends it again and again when it repeats', () => {
    const { queue } = new EventLog();
    const event = exitSimLoop(queue, 'progress', 0, 100, 50);
    for (const tick of [100, 150, 200]) {
      expect(run(queue)).to.equal(event);
      expect(queue.curTick).to.equal(tick);
    }
    queue.deschedule(event);
    expect(queue.empty()).to.equal(true);
    expect(() => exitSimLoop(queue, 'progress', 0, 300, -1)).to.throw(PanicError, /every -1 ticks/);
  });

  it('can end it before the tick is complete', () => {
    const world = new EventLog();
    world.at(10, 'a');
    world.at(10, 'asks', 0, () => exitSimLoopNow(world.queue, 'now', 2));
    const exit = run(world.queue);
    expect(exit.priority).to.equal(EventPriority.Minimum_Pri);
    expect([exit.cause, exit.code]).to.deep.equal(['now', 2]);
    expect(world.log).to.deep.equal(['asks']);
  });
});

describe('Exits by instruction count', () => {
  it('end the run at the present tick, with the code', () => {
    const world = new EventLog();
    const instructions = new EventQueue('instructions');
    const stop = new LocalSimLoopExitEvent(world.queue, 'enough instructions', 7);
    instructions.schedule(stop, 1000);
    world.at(40, 'cpu', 0, () => instructions.serviceEvents(2000));
    world.at(41, 'too late');
    const exit = run(world.queue);
    expect([exit.cause, exit.code]).to.deep.equal(['enough instructions', 7]);
    expect(world.queue.curTick).to.equal(40);
    expect(stop.isExitEvent()).to.equal(true);
    expect(stop.description()).to.equal('simulation loop exit');
  });

  it('work on the queue of the run itself too', () => {
    const world = new EventLog();
    world.queue.schedule(new LocalSimLoopExitEvent(world.queue, 'local'), 5);
    expect(run(world.queue).cause).to.equal('local');
    expect(world.queue.curTick).to.equal(5);
  });

  it('can wait for the last of several', () => {
    const world = new EventLog();
    const instructions = new EventQueue('instructions');
    const remaining = { count: 2 };
    for (const when of [100, 300]) {
      instructions.schedule(new CountedExitEvent(world.queue, 'all done', remaining), when);
    }
    world.at(10, 'first', 0, () => instructions.serviceEvents(200));
    world.at(20, 'second', 0, () => instructions.serviceEvents(400));
    expect(run(world.queue).cause).to.equal('all done');
    expect(world.queue.curTick).to.equal(20);
    expect(() => new CountedExitEvent(world.queue, 'none', { count: 0 })).to.throw(PanicError);
  });
});
