import { expect } from 'chai';
import { FatalError, PanicError, SimError } from '../../../src/base/index';
import type { EventQueue } from '../../../src/sim/index';
import { EventLog } from '../../support/events';

/** An error family of its own, as other floors have. */
class DiskError extends SimError {
  readonly kind = 'disk';
}

function thrownBy(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('An error thrown by an event', () => {
  const place = '[in event system.cpu.wrapped_function_event (EventFunctionWrapped) at tick 40]';

  it('keeps its type when it is the simulator’s, and names event and tick', () => {
    for (const original of [new FatalError('no disk'), new DiskError('no disk')]) {
      const world = new EventLog();
      world.at(40, 'system.cpu', 0, () => {
        throw original;
      });
      const error = thrownBy(() => world.serveAll());
      expect(error).to.equal(original);
      expect((error as SimError).message).to.equal(`no disk ${place}`);
    }
  });

  it('becomes a panic with the cause when it is any other', () => {
    const original = new TypeError('x is not a function');
    for (const thrown of [original, 'a word']) {
      const world = new EventLog();
      world.at(40, 'system.cpu', 0, () => {
        throw thrown as Error;
      });
      const error = thrownBy(() => world.serveAll()) as PanicError;
      expect(error).to.be.instanceOf(PanicError);
      expect(error.message).to.match(
        /^event system\.cpu\..* at tick 40 threw (TypeError: x|a word)/,
      );
      expect(error.cause).to.equal(thrown);
      if (thrown === original) expect(error.details.join('\n')).to.include('eventErrors.test.ts');
    }
  });

  it('leaves a queue that can be looked at and goes on', () => {
    const world = new EventLog();
    const bad = world.at(40, 'bad', 0, () => {
      throw new FatalError('no');
    });
    const next = world.at(50, 'next');
    expect(() => world.serveAll()).to.throw(FatalError);
    expect(world.queue.curTick).to.equal(40);
    expect(bad.scheduled).to.equal(false);
    expect([...world.queue.pending()]).to.deep.equal([next]);
    expect(world.serveAll()).to.deep.equal(['bad', 'next']);
  });

  it('names the innermost event when queues are nested', () => {
    const world = new EventLog();
    const inner = new EventLog();
    inner.at(3, 'instruction', 0, () => {
      throw new FatalError('no');
    });
    world.at(40, 'system.cpu', 0, () => inner.queue.serviceEvents(3));
    const error = thrownBy(() => world.serveAll()) as FatalError;
    expect(error.message).to.match(/^no \[in event instruction\.[^[]* at tick 3\]$/);
  });

  it('is told of with flags on the event too', () => {
    const world = new EventLog();
    const queue: EventQueue = world.queue;
    const event = world.at(7, 'a', 0, () => {
      throw new Error('no');
    });
    event.squash();
    queue.serviceOne();
    queue.schedule(event, 8);
    expect(() => queue.serviceOne()).to.throw(PanicError, /event a\..* at tick 8 threw Error: no/);
  });
});
