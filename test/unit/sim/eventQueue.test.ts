import { expect } from 'chai';
import { MaxTick, PanicError } from '../../../src/base/index';
import { EventManager, EventQueue } from '../../../src/sim/index';
import { EventLog } from '../../support/events';

describe('The order of events', () => {
  it('is tick, then priority, then last scheduled first', () => {
    const world = new EventLog();
    world.at(20, 'late');
    world.at(10, 'first scheduled');
    world.at(10, 'tick of a CPU', 50);
    world.at(10, 'second scheduled');
    world.at(10, 'switch of CPUs', -31);
    expect(world.serveAll()).to.deep.equal([
      'switch of CPUs',
      'second scheduled',
      'first scheduled',
      'tick of a CPU',
      'late',
    ]);
  });

  it('puts what is scheduled for the present tick and priority next', () => {
    const world = new EventLog();
    world.at(10, 'old');
    world.at(10, 'new', 0, () => world.at(10, 'newest'));
    expect(world.serveAll()).to.deep.equal(['new', 'newest', 'old']);
  });

  it('lets a lower priority value overtake within the present tick', () => {
    const world = new EventLog();
    world.at(10, 'a', 50, () => world.at(10, 'urgent', -128));
    world.at(10, 'b', 60);
    expect(world.serveAll()).to.deep.equal(['a', 'urgent', 'b']);
  });

  it('has rescheduled events on top, also those that did not move', () => {
    const world = new EventLog();
    const a = world.at(10, 'a');
    world.at(10, 'b');
    const c = world.at(5, 'c');
    world.queue.reschedule(a, 10);
    world.queue.reschedule(c, 10);
    expect(world.serveAll()).to.deep.equal(['c', 'a', 'b']);
  });

  it('holds for the earliest and the latest tick', () => {
    const world = new EventLog();
    world.at(MaxTick, 'last', 127);
    world.at(MaxTick, 'last but one');
    world.at(0, 'first');
    expect(world.serveAll()).to.deep.equal(['first', 'last but one', 'last']);
    expect(world.queue.curTick).to.equal(MaxTick);
  });

  it('holds for many events of one tick', () => {
    const world = new EventLog();
    const names = Array.from({ length: 300 }, (_, i) => String(i));
    for (let i = 0; i < 100; i++) world.at(i, 'before');
    for (const name of names) world.at(5000, name);
    expect(world.serveAll().slice(100)).to.deep.equal(names.reverse());
  });

  it('holds for a few later ticks that share many events', () => {
    const world = new EventLog();
    for (let i = 0; i < 100; i++) world.at(i, 'before');
    for (const name of ['a', 'b', 'c'])
      for (const when of [9000, 9500]) world.at(when, `${name}${when}`);
    const served = world.serveAll().filter(name => name !== 'before');
    expect(served).to.deep.equal(['c9000', 'b9000', 'a9000', 'c9500', 'b9500', 'a9500']);
  });

  it('holds when time was set past events that are due', () => {
    const world = new EventLog();
    const ticks = Array.from({ length: 60 }, (_, i) => i * 300);
    for (const tick of ticks) world.at(tick, String(tick));
    world.queue.setCurTick(50_000);
    world.at(50_001, 'after');
    expect(world.serveAll()).to.deep.equal([...ticks.map(String), 'after']);
  });
});

describe('An event queue', () => {
  it('advances time to the event that it serves', () => {
    const world = new EventLog();
    const seen: number[] = [];
    world.at(123, 'a', 0, () => seen.push(world.queue.curTick));
    expect(world.queue.curTick).to.equal(0);
    expect(world.queue.serviceOne()).to.equal(null);
    expect(seen).to.deep.equal([123]);
  });

  it('has an event off the queue while it happens, so that it can schedule itself', () => {
    const world = new EventLog();
    let scheduledMeanwhile = true;
    const event = world.at(1, 'a', 0, () => {
      scheduledMeanwhile = event.scheduled;
      if (world.queue.curTick < 4) world.queue.schedule(event, world.queue.curTick + 1);
    });
    expect(world.serveAll()).to.have.length(4);
    expect(scheduledMeanwhile).to.equal(false);
  });

  it('skips a squashed event: time stays, and the event can be scheduled again', () => {
    const world = new EventLog();
    const event = world.at(10, 'a');
    event.squash();
    expect(world.queue.nextTick()).to.equal(10);
    expect(world.queue.serviceOne()).to.equal(null);
    expect(world.queue.curTick).to.equal(0);
    expect(event.squashed).to.equal(false);
    world.queue.schedule(event, 3);
    expect(world.serveAll()).to.deep.equal(['a']);
  });

  it('undoes a squash by deschedule and by reschedule', () => {
    const world = new EventLog();
    const [a, b] = [world.at(10, 'a'), world.at(10, 'b')];
    a.squash();
    b.squash();
    world.queue.deschedule(a);
    world.queue.schedule(a, 11);
    world.queue.reschedule(b, 12);
    expect(world.serveAll()).to.deep.equal(['a', 'b']);
  });

  it('says MaxTick when nothing is pending', () => {
    const { queue } = new EventLog();
    expect(queue.nextTick()).to.equal(MaxTick);
    expect(queue.getHead()).to.equal(null);
    expect(queue.empty()).to.equal(true);
  });

  it('sees the next event without serving it', () => {
    const world = new EventLog();
    const events = Array.from({ length: 100 }, (_, i) => world.at(1_000_000 - i * 10_000, 'e'));
    for (const expected of events.reverse()) {
      expect(world.queue.getHead()).to.equal(expected);
      expect(world.queue.nextTick()).to.equal(expected.when);
      world.queue.serviceOne();
    }
  });

  it('sets time plainly', () => {
    const { queue } = new EventLog();
    queue.setCurTick(100);
    expect(queue.curTick).to.equal(100);
    queue.setCurTick(50);
    expect(queue.curTick).to.equal(50);
    for (const bad of [-1, 1.5, NaN, MaxTick + 1]) {
      expect(() => queue.setCurTick(bad)).to.throw(PanicError, /is not a tick/);
    }
  });

  it('serves instruction counts: all up to one, which becomes the present one', () => {
    const world = new EventLog();
    world.at(10, 'a');
    world.at(20, 'b', 0, () => world.at(20, 'c'));
    world.at(21, 'd');
    world.queue.serviceEvents(20);
    expect(world.log).to.deep.equal(['a', 'b', 'c']);
    expect(world.queue.curTick).to.equal(20);
    world.queue.serviceEvents(20);
    expect(world.log).to.have.length(3);
    world.queue.serviceEvents(MaxTick);
    expect(world.log).to.have.length(4);
    expect(world.queue.curTick).to.equal(MaxTick);
  });

  it('lists what is pending in order of service and prints it', () => {
    const world = new EventLog();
    world.at(20, 'late', 50).squash();
    world.at(10, 'older');
    world.at(10, 'newer');
    world.queue.asyncSchedule(world.event('outside'), 15);
    const names = Array.from(world.queue.pending(), event => event.name());
    expect(names).to.deep.equal(
      ['newer', 'older', 'late'].map(name => `${name}.wrapped_function_event`),
    );
    expect(world.queue.dump().split('\n')).to.deep.equal([
      '='.repeat(60),
      'EventQueue Dump  (cycle 0)',
      '-'.repeat(60),
      'Event newer.wrapped_function_event (EventFunctionWrapped)',
      'Scheduled for 10, priority 0',
      'Event older.wrapped_function_event (EventFunctionWrapped)',
      'Scheduled for 10, priority 0',
      'Event late.wrapped_function_event (EventFunctionWrapped)',
      'Scheduled for 20, priority 50, squashed',
      'Event outside.wrapped_function_event (EventFunctionWrapped)',
      'At the door, for 15, priority 0',
      '='.repeat(60),
      '',
    ]);
    expect(new EventQueue('q').dump()).to.include('<No Events>');
  });

  it('does not meet another queue', () => {
    const [one, other] = [new EventLog(), new EventLog()];
    one.at(5, 'a');
    other.at(7, 'b');
    one.serveAll();
    expect(one.queue.curTick).to.equal(5);
    expect(other.queue.curTick).to.equal(0);
    expect(other.log).to.deep.equal([]);
  });
});

describe('An event queue refuses', () => {
  const refusal = (action: () => void): string => {
    try {
      action();
    } catch (error) {
      expect(error).to.be.instanceOf(PanicError);
      return (error as PanicError).message;
    }
    throw new Error('nothing was thrown');
  };

  it('the past, naming event, tick and now', () => {
    const world = new EventLog();
    world.at(10, 'a');
    world.serveAll();
    const late = world.event('system.timer');
    const text =
      'event system.timer.wrapped_function_event (EventFunctionWrapped) cannot be scheduled ' +
      'in the past, at tick 9: it is tick 10';
    expect(refusal(() => world.queue.schedule(late, 9))).to.equal(text);
    expect(refusal(() => world.queue.reschedule(late, 9, true))).to.equal(text);
    expect(late.scheduled).to.equal(false);
    world.queue.schedule(late, 10);
    expect(refusal(() => world.queue.reschedule(late, 9))).to.equal(text);
    expect(late.when).to.equal(10);
  });

  it('what is no tick', () => {
    const world = new EventLog();
    for (const bad of [NaN, Infinity, 1.5, MaxTick + 1, -1]) {
      expect(refusal(() => world.queue.schedule(world.event('a'), bad))).to.match(
        bad === -1 ? /in the past/ : /a tick is a whole number from 0 to 9007199254740991/,
      );
    }
    for (const bad of [NaN, Infinity, 1.5, MaxTick + 1, -1]) {
      expect(refusal(() => world.queue.asyncSchedule(world.event('a'), bad))).to.match(
        bad === -1 ? /in the past/ : /a tick is a whole number/,
      );
    }
    expect(world.queue.empty()).to.equal(true);
  });

  it('an event that is scheduled already', () => {
    const world = new EventLog();
    const event = world.at(20, 'a');
    expect(refusal(() => world.queue.schedule(event, 30))).to.include(
      'for tick 30: it is scheduled already, for tick 20',
    );
    expect(refusal(() => world.queue.asyncSchedule(event, 30))).to.include('already, for tick 20');
    expect(world.serveAll()).to.deep.equal(['a']);
  });

  it('to move or remove what it does not hold', () => {
    const [one, other] = [new EventLog(), new EventLog()];
    const idle = one.event('idle');
    expect(refusal(() => one.queue.deschedule(idle))).to.match(/idle.*it is not scheduled/);
    expect(refusal(() => one.queue.reschedule(idle, 5))).to.match(/idle.*it is not scheduled/);
    one.at(1, 'mine');
    for (let i = 0; i < 100; i++) one.at(i, 'mine');
    const near = other.at(0, 'theirs');
    const far = other.at(1_000_000, 'theirs');
    for (let i = 0; i < 100; i++) other.at(i * 10, 'theirs');
    const outside = other.event('theirs');
    other.queue.asyncSchedule(outside);
    for (const event of [near, far, outside]) {
      const text = /theirs.*it is on another queue than queue/;
      expect(refusal(() => one.queue.deschedule(event))).to.match(text);
      expect(refusal(() => one.queue.reschedule(event, 5))).to.match(text);
      expect(refusal(() => one.queue.reschedule(event, MaxTick))).to.match(text);
      expect(event.scheduled).to.equal(true);
    }
  });

  it('to serve when nothing is pending', () => {
    expect(refusal(() => new EventQueue('q').serviceOne())).to.include('queue q is empty');
  });
});

describe('The door for events from outside', () => {
  it('lets them in when asked, in order of arrival among equals', () => {
    const world = new EventLog();
    world.at(10, 'inside');
    for (const name of ['1', '2', '3']) world.queue.asyncSchedule(world.event(name), 10);
    expect(world.queue.attention).to.equal(true);
    expect([...world.queue.pending()]).to.have.length(1);
    world.queue.handleAsyncInsertions();
    expect(world.serveAll()).to.deep.equal(['1', '2', '3', 'inside']);
  });

  it('has what is late happen at once', () => {
    const world = new EventLog();
    const event = world.event('late');
    world.queue.asyncSchedule(event, 3);
    expect(event.scheduled).to.equal(true);
    world.at(10, 'a');
    world.queue.serviceOne();
    world.queue.handleAsyncInsertions();
    expect(event.when).to.equal(10);
    expect(world.serveAll()).to.deep.equal(['a', 'late']);
  });

  it('lets events be taken back or moved while they wait', () => {
    const world = new EventLog();
    const [a, b] = [world.event('a'), world.event('b')];
    world.queue.asyncSchedule(a, 10);
    world.queue.asyncSchedule(b, 10);
    world.queue.deschedule(a);
    world.queue.reschedule(b, 20);
    world.queue.handleAsyncInsertions();
    expect(a.scheduled).to.equal(false);
    expect(b.when).to.equal(20);
    expect(world.serveAll()).to.deep.equal(['b']);
  });
});

describe('An event manager', () => {
  it('forwards to its queue', () => {
    const world = new EventLog();
    const manager = new EventManager(world.queue);
    const event = world.event('a');
    manager.schedule(event, 5);
    manager.reschedule(event, 6);
    expect(event.when).to.equal(6);
    manager.deschedule(event);
    manager.reschedule(event, 7, true);
    world.serveAll();
    expect(manager.curTick()).to.equal(7);
    manager.setCurTick(9);
    expect(world.queue.curTick).to.equal(9);
    manager.wakeupEventQueue();
    expect(world.queue.attention).to.equal(true);
    manager.asyncSchedule(event, 12);
    world.queue.handleAsyncInsertions();
    expect(world.queue.nextTick()).to.equal(12);
  });

  it('shares the queue of another', () => {
    const { queue } = new EventLog();
    expect(new EventManager(new EventManager(queue)).eventQueue()).to.equal(queue);
  });
});
