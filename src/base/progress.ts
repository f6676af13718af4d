/**
 * Long work that shows how far it is: loading a big image, writing a checkpoint. Whoever does the
 * work counts bytes; whether and how that is shown is the affair of one replaceable display.
 */

/** Shows one piece of work. */
export interface ProgressBar {
  /** @param done - bytes done so far, from 0 to the total */
  update(done: number): void;
  /** The work is over, whether or not it succeeded. */
  end(): void;
}

/** Where progress is shown. */
export interface ProgressDisplay {
  /**
   * A piece of work begins.
   * @param title - what is being done, such as `Loading vmlinux`
   * @param total - how much there is to do, in bytes
   */
  begin(title: string, total: number): ProgressBar;
}

const noBar: ProgressBar = { update: () => {}, end: () => {} };

/** Shows nothing. */
export const noProgress: ProgressDisplay = { begin: () => noBar };

let display = noProgress;

/**
 * Shows progress elsewhere from now on; at first it is shown nowhere.
 * @returns the display that was in place, to put it back
 */
export function setProgressDisplay(next: ProgressDisplay): ProgressDisplay {
  const previous = display;
  display = next;
  return previous;
}

/**
 * Does work whose progress is shown.
 * @param title - what is being done, such as `Loading vmlinux`
 * @param total - how much there is to do, in bytes
 * @param body - does it, and reports each part that is done by its number of bytes
 * @returns what `body` does
 */
export function withProgress<Result>(
  title: string,
  total: number,
  body: (advance: (bytes: number) => void) => Result,
): Result {
  const bar = display.begin(title, total);
  let done = 0;
  try {
    return body(bytes => {
      done += bytes;
      bar.update(done);
    });
  } finally {
    bar.end();
  }
}
