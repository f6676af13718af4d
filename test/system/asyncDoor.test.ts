import { expect } from 'chai';
import { inFolder, runScriptText } from '../support/command';

/**
 * A clock ticks for ever, and takes host time. Meanwhile a timer, a socket and a signal each have an
 * event happen; the last of them ends the run. What came, and what happened, is printed in order.
 */
const script = `
import * as net from 'node:net';
import * as m5 from 'mini-gem5';
import { Root } from 'mini-gem5/objects';
import { defineSchema, EventFunctionWrapper, nodeClass, SimObject, simObjectSchema } from 'mini-gem5/model';

class Outside extends SimObject {
  static readonly schema = defineSchema('Outside', simObjectSchema, { description: 'Listens' });
  readonly log: string[] = [];
  #awaited = 6;
  readonly #clock = new EventFunctionWrapper(() => this.tick(), 'outside.clock');
  override startup(): void {
    this.tick();
  }
  tick(): void {
    const end = performance.now() + 0.1;
    while (performance.now() < end);
    this.schedule(this.#clock, this.curTick() + 1000);
  }
  arrive(what: string, when?: number): void {
    const came = this.curTick();
    this.log.push('came ' + what);
    const event = new EventFunctionWrapper(() => {
      this.log.push('happened ' + what + (this.curTick() >= came ? '' : ' in the past'));
      if (--this.#awaited === 0) this.simulation.exitSimLoop('all came');
    }, 'outside.' + what);
    this.asyncSchedule(event, when);
  }
}
const OutsideNode = nodeClass(Outside);

async function main(): Promise<void> {
  const root = new Root({ fullSystem: false, outside: new OutsideNode() });
  m5.instantiate(root);
  const outside = root.outside.simObject();
  const server = net.createServer(socket => {
    socket.on('data', data => {
      // All at one door, at one tick: they happen in the order in which they came.
      for (const letter of data.toString()) outside.arrive('socket ' + letter);
      process.kill(process.pid, 'SIGHUP');
      socket.end();
    });
  });
  process.once('SIGHUP', () => {
    outside.arrive('signal');
    // For a tick that is past by now: it happens as soon as it can.
    outside.arrive('signal, late', 1);
    server.close();
  });
  setTimeout(() => {
    outside.arrive('timer');
    net.connect('./socket').end('abc');
  }, 20);
  server.listen('./socket');
  const exit = await m5.simulateAsync();
  for (const line of outside.log) console.log(line);
  console.log(exit.cause);
}
void main();
`;

describe('Events from a timer, a socket and a signal', () => {
  it('enter the run through one door, in the order in which they come', () => {
    inFolder(folder => {
      const run = runScriptText(script, folder);
      expect(run.stderr).to.equal('');
      const lines = run.stdout.trimEnd().split('\n').slice(1);
      const named = (word: string): string[] =>
        lines.filter(line => line.startsWith(word)).map(line => line.slice(word.length + 1));
      const expected = ['timer', 'socket a', 'socket b', 'socket c', 'signal', 'signal, late'];
      expect(named('came')).to.deep.equal(expected);
      expect(named('happened')).to.deep.equal(expected);
      expect(lines.at(-1)).to.equal('all came');
      expect(run.status).to.equal(0);
    });
  });
});
