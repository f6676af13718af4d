import { NodeHost } from '../../src/m5/nodeHost';

/** Says nothing of the run itself, which does not belong into what a test prints. */
export class SilentHost extends NodeHost {
  override print(): void {
    // See above.
  }
}
