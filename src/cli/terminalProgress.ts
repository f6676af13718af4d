/** Progress bars on the terminal. */
import { SingleBar } from 'cli-progress';
import { noProgress, type ProgressBar, type ProgressDisplay } from '../base/index';

/** Less work than this many bytes is over before anybody could read how far it is. */
const WorthShowing = 1 << 26;
const MiB = 1 << 20;

/** Draws a bar in the last line of a terminal, and takes it away when the work is over. */
export class TerminalProgress implements ProgressDisplay {
  readonly #stream: NodeJS.WritableStream;
  #isDrawn = false;

  /** @param stream - a terminal */
  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
  }

  begin(title: string, total: number): ProgressBar {
    // One bar at a time: what is part of other work advances that.
    if (total < WorthShowing || this.#isDrawn) return noProgress.begin(title, total);
    const bar = new SingleBar({
      format: `${title.replaceAll(/[{}]/g, '')} [{bar}] {percentage} % of ${(total / MiB).toFixed(0)} MiB, ETA {eta_formatted}`,
      barsize: 30,
      stream: this.#stream,
      clearOnComplete: true,
      // Ctrl-C keeps its meaning, and finds the terminal as it was.
      gracefulExit: false,
      hideCursor: false,
      linewrap: true,
    });
    bar.start(total, 0);
    this.#isDrawn = true;
    return {
      update: done => {
        bar.update(done);
      },
      end: () => {
        this.#isDrawn = false;
        bar.stop();
      },
    };
  }

  /** To be called before somebody else writes to the terminal: a bar is taken away until later. */
  makeRoom(): void {
    if (this.#isDrawn) this.#stream.write('\r\u001b[K');
  }
}
