/** `--trace-out`: records the timeline of the default simulation. */
import { defaultM5 } from '../m5/index';
import { TimelineEnding } from '../sim/index';
import { forkedPath, outputPath } from './forkedFile';
import { TextFile } from './textFile';

/**
 * Opens the file and starts the timeline, which ends with the simulation.
 * @param name - in the output directory unless the path is absolute
 * @throws {FatalError} when the file cannot be written
 */
export function startTimeline(name: string): void {
  const { host, simulation } = defaultM5();
  const start = (path: string): TextFile => {
    const file = new TextFile(path, TimelineEnding);
    simulation.startTimeline(file);
    return file;
  };
  let file = start(outputPath(host.makeOutputDirectory(), name));
  host.addOutputFile({
    prepareFork: () => {
      file.writeOut();
    },
    moveTo: directory => {
      file.abandon();
      file = start(forkedPath(directory, name));
    },
  });
}
