/**
 * Serves so many events, each of which makes garbage that lives for a while.
 *
 *     mini-gem5 bench/scripts/manyEvents.ts EVENTS
 */
import * as m5 from 'mini-gem5';
import { EventFunctionWrapper } from 'mini-gem5/model';
import { Root } from 'mini-gem5/objects';

const events = Number(process.argv[2] ?? 1000);
m5.instantiate(new Root({ fullSystem: false }));

const kept: (readonly number[])[] = Array.from({ length: 4096 }, () => []);
const { eventQueue } = m5.defaultM5().simulation;
let served = 0;
const event = new EventFunctionWrapper(() => {
  served++;
  kept[(served * 7919) % kept.length] = Array.from({ length: 16 }, (_, i) => i + served);
  if (served < events) eventQueue.schedule(event, m5.curTick() + 1000);
}, 'garbage');
eventQueue.schedule(event, 1000);
m5.simulate();
