/** The one set of signal counters of this process: signals belong to the process as a whole. */
import { SignalCounters } from './signalCounters';

let counters: SignalCounters | undefined;

/** Made on first use. Whoever lets a guest run registers its `immediate_exit` byte here. */
export function processSignals(): SignalCounters {
  counters ??= new SignalCounters();
  return counters;
}
