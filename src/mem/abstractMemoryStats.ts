/** What a memory counts for each requestor. Source: gem5 `mem/abstract_mem.cc`. */
import { Formula, StatFlag, StatGroup, Vector, add, div, unit } from '../sim/index';
import type { Simulation } from '../sim/index';
import type { RequestorTable } from './requestorTable';

const FLAGS = StatFlag.total | StatFlag.nozero | StatFlag.nonan;
const BYTES_PER_SECOND = unit.rate(unit.Byte, unit.Second);

/** The statistics of a memory; they print as the memory's own. */
export class AbstractMemoryStats extends StatGroup {
  readonly bytesRead = new Vector(this, 'bytesRead', unit.Byte, 'bytes read from this memory');
  readonly bytesInstRead = new Vector(
    this,
    'bytesInstRead',
    unit.Byte,
    'bytes of instructions read from this memory',
  );
  readonly bytesWritten = new Vector(
    this,
    'bytesWritten',
    unit.Byte,
    'bytes written to this memory',
  );
  readonly numReads = new Vector(this, 'numReads', unit.Count, 'reads that this memory answered');
  readonly numWrites = new Vector(
    this,
    'numWrites',
    unit.Count,
    'writes that this memory answered',
  );
  readonly numOther = new Vector(
    this,
    'numOther',
    unit.Count,
    'other requests that this memory answered',
  );
  readonly bwRead = new Formula(this, 'bwRead', BYTES_PER_SECOND, 'bandwidth of reads');
  readonly bwInstRead = new Formula(
    this,
    'bwInstRead',
    BYTES_PER_SECOND,
    'bandwidth of instruction reads',
  );
  readonly bwWrite = new Formula(this, 'bwWrite', BYTES_PER_SECOND, 'bandwidth of writes');
  readonly bwTotal = new Formula(
    this,
    'bwTotal',
    BYTES_PER_SECOND,
    'bandwidth of reads and writes',
  );

  /** Sizes the vectors, one element for each requestor. */
  setRequestors(requestors: RequestorTable, simulation: Simulation): void {
    const names = requestors.names();
    const counters = [
      this.bytesRead,
      this.bytesInstRead,
      this.bytesWritten,
      this.numReads,
      this.numWrites,
      this.numOther,
    ];
    for (const counter of counters) counter.init(names.length).flags(FLAGS).subnames(names);
    const { simSeconds } = simulation.stats.rootStats;
    this.bwRead.set(div(this.bytesRead, simSeconds)).prereq(this.bytesRead);
    this.bwInstRead.set(div(this.bytesInstRead, simSeconds)).prereq(this.bytesInstRead);
    this.bwWrite.set(div(this.bytesWritten, simSeconds)).prereq(this.bytesWritten);
    this.bwTotal.set(div(add(this.bytesRead, this.bytesWritten), simSeconds)).prereq(this.bwTotal);
    for (const rate of [this.bwRead, this.bwInstRead, this.bwWrite, this.bwTotal]) {
      rate.precision(0).flags(FLAGS).subnames(names);
    }
  }
}
