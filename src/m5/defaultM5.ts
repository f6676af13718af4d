/** The simulation that scripts speak to without naming one. */
import { M5 } from './m5';

let current: M5 | undefined;
let outputDirectory = 'm5out';

/** Sets the output directory of the default simulation, before its first use. */
export function configureDefault(outdir: string): void {
  outputDirectory = outdir;
}

/** The process's default simulation, made on first use. It is finished when the process exits. */
export function defaultM5(): M5 {
  if (current === undefined) {
    const made = new M5(outputDirectory);
    current = made;
    process.once('exit', () => {
      made.finish();
    });
  }
  return current;
}
