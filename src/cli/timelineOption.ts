/** `--trace-out`: records the timeline of the default simulation. */
import { resolve } from 'node:path';
import { defaultM5 } from '../m5/index';
import { TimelineEnding } from '../sim/index';
import { TextFile } from './textFile';

/**
 * Opens the file and starts the timeline, which ends with the simulation.
 * @param name - in the output directory unless the path is absolute
 * @throws {FatalError} when the file cannot be written
 */
export function startTimeline(name: string): void {
  const { host, simulation } = defaultM5();
  const path = resolve(host.makeOutputDirectory(), name);
  simulation.startTimeline(new TextFile(path, TimelineEnding));
}
