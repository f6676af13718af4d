/** What the simulator says while tests run in its process. */
import { setLogSink, type LogSink } from '../../src/base/index';

/** Nothing is printed during the tests of the suite in which this is called. */
export function withoutMessages(): void {
  let previous: LogSink;
  before(() => {
    previous = setLogSink({ message: () => undefined, debug: () => undefined });
  });
  after(() => {
    setLogSink(previous);
  });
}
