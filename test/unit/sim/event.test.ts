import { expect } from 'chai';
import { PanicError, setLogSink, type LogSink } from '../../../src/base/index';
import { EventFlag, EventFunctionWrapper, EventPriority } from '../../../src/sim/index';
import { EventDebug } from '../../../src/sim/event';
import { CountingEvent, EventLog } from '../../support/events';
import { readText } from '../../support/repository';

describe('docs/events.md', () => {
  it('lists every priority with its value', () => {
    const rows = readText('docs/events.md').matchAll(/^\| `(\w+_Pri)` \| (-?\d+) \|/gm);
    const listed = Array.from(rows, ([, name = '', value]) => [name, Number(value)]);
    expect(listed).to.deep.equal(Object.entries(EventPriority));
  });
});

describe('An event', () => {
  it("has gem5's priorities", () => {
    expect(EventPriority).to.deep.equal({
      Minimum_Pri: -128,
      Debug_Enable_Pri: -101,
      Debug_Break_Pri: -100,
      CPU_Switch_Pri: -31,
      Delayed_Writeback_Pri: -1,
      Default_Pri: 0,
      DVFS_Update_Pri: 31,
      Serialize_Pri: 32,
      CPU_Tick_Pri: 50,
      CPU_Exit_Pri: 64,
      Stat_Event_Pri: 90,
      Progress_Event_Pri: 95,
      Sim_Exit_Pri: 100,
      Maximum_Pri: 127,
    });
  });

  it('is on no queue at first', () => {
    const event = new CountingEvent();
    expect(event.scheduled).to.equal(false);
    expect(event.squashed).to.equal(false);
    expect(event.when).to.equal(0);
    expect(event.priority).to.equal(EventPriority.Default_Pri);
  });

  it('knows its tick, however late, while scheduled and afterwards', () => {
    const { queue } = new EventLog();
    const event = new CountingEvent();
    for (const when of [1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
      queue.schedule(event, when);
      expect(event.when).to.equal(when);
      queue.serviceOne();
      expect(event.when).to.equal(when);
    }
  });

  it('calls the function it wraps and is named after the object', () => {
    let calls = 0;
    const event = new EventFunctionWrapper(() => calls++, 'system.cpu', false, 50);
    event.process();
    expect(calls).to.equal(1);
    expect(event.name()).to.equal('system.cpu.wrapped_function_event');
    expect(event.description()).to.equal('EventFunctionWrapped');
    expect(event.priority).to.equal(50);
  });

  it('has a priority of eight bits, as in gem5', () => {
    expect(new CountingEvent(-128).priority).to.equal(-128);
    expect(new CountingEvent(127).priority).to.equal(127);
    for (const wrong of [-129, 128, 0.5, NaN]) {
      expect(() => new CountingEvent(wrong)).to.throw(PanicError, `event priority ${wrong}: `);
    }
  });

  it("shows its flags with gem5's values", () => {
    const { queue } = new EventLog();
    const event = new CountingEvent(0, EventFlag.Managed);
    expect(event.flags()).to.equal(0x04);
    queue.schedule(event, 10);
    event.squash();
    expect(event.flags()).to.equal(0x07);
    expect(event.isAutoDelete()).to.equal(true);
    expect(new CountingEvent(0, EventFlag.IsExitEvent).flags()).to.equal(0x10);
  });

  it('lets its class change only the flags that are not the queue’s', () => {
    const { queue } = new EventLog();
    const event = new CountingEvent();
    queue.schedule(event, 10);
    event.change(EventFlag.IsExitEvent, EventFlag.Scheduled);
    expect(event.scheduled).to.equal(true);
    expect(event.isExitEvent()).to.equal(true);
    queue.deschedule(event);
    event.change(EventFlag.Scheduled, EventFlag.IsExitEvent);
    expect(event.scheduled).to.equal(false);
    expect(event.flags()).to.equal(0);
  });
});

describe('A managed event', () => {
  it('is held from scheduling until it has happened', () => {
    const { queue } = new EventLog();
    const event = new CountingEvent(0, EventFlag.Managed);
    queue.schedule(event, 1);
    expect([event.acquired, event.released]).to.deep.equal([1, 0]);
    queue.serviceOne();
    expect([event.acquired, event.released]).to.deep.equal([1, 1]);
    expect(event.processed).to.equal(1);
  });

  it('is let go of when descheduled and when skipped', () => {
    const { queue } = new EventLog();
    const event = new CountingEvent(0, EventFlag.Managed);
    queue.schedule(event, 1);
    queue.deschedule(event);
    expect(event.released).to.equal(1);
    queue.schedule(event, 2);
    event.squash();
    queue.serviceOne();
    expect([event.acquired, event.released]).to.deep.equal([2, 2]);
    expect(event.processed).to.equal(0);
  });

  it('is held once however often it is rescheduled', () => {
    const { queue } = new EventLog();
    const event = new CountingEvent(0, EventFlag.Managed);
    queue.reschedule(event, 5, true);
    queue.reschedule(event, 7);
    queue.reschedule(event, 6);
    expect([event.acquired, event.released]).to.deep.equal([1, 0]);
    queue.serviceOne();
    expect([event.acquired, event.released]).to.deep.equal([1, 1]);
  });

  it('is not let go of when it ends the run, because the loop returns it', () => {
    const { queue } = new EventLog();
    const event = new CountingEvent(0, EventFlag.Managed | EventFlag.IsExitEvent);
    queue.schedule(event, 1);
    expect(queue.serviceOne()).to.equal(event);
    expect(event.released).to.equal(0);
  });

  it('comes from a function too', () => {
    expect(new EventFunctionWrapper(() => undefined, 'x', true).isManaged()).to.equal(true);
    expect(new EventFunctionWrapper(() => undefined, 'x').isManaged()).to.equal(false);
  });
});

describe('The Event debug flag', () => {
  const lines: string[] = [];
  const sink: LogSink = {
    message: () => undefined,
    debug: line => lines.push(line),
  };
  let previous: LogSink;

  beforeEach(() => {
    lines.length = 0;
    previous = setLogSink(sink);
    EventDebug.enable();
  });

  afterEach(() => {
    EventDebug.disable();
    setLogSink(previous);
  });

  it('traces what happens to events in gem5’s form', () => {
    const world = new EventLog();
    const first = world.at(1000, 'system.cpu');
    const second = new CountingEvent();
    world.queue.schedule(second, 2000);
    world.queue.reschedule(second, 3000);
    world.queue.serviceOne();
    world.queue.deschedule(second);
    expect(first.when).to.equal(1000);
    expect(lines).to.deep.equal([
      '      0: system.cpu.wrapped_function_event: EventFunctionWrapped 1 scheduled @ 1000',
      '      0: Event_2: generic 2 scheduled @ 2000',
      '      0: Event_2: generic 2 rescheduled @ 3000',
      '   1000: system.cpu.wrapped_function_event: EventFunctionWrapped 1 executed @ 1000',
      '   1000: Event_2: generic 2 descheduled @ 3000',
    ]);
  });

  it('traces managed events and the skipped ones not', () => {
    const { queue } = new EventLog();
    const event = new CountingEvent(0, EventFlag.Managed);
    queue.schedule(event, 5);
    event.squash();
    queue.serviceOne();
    expect(lines).to.deep.equal(['      0: Event_1: generic 1 scheduled @ 5']);
    expect(event.acquired).to.equal(1);
  });

  it('leaves refusals as they are', () => {
    const world = new EventLog();
    const event = world.at(10, 'a');
    expect(() => world.queue.schedule(event, 20)).to.throw(/scheduled already/);
    expect(() => world.queue.schedule(world.event('b'), -1)).to.throw(/in the past/);
  });
});
