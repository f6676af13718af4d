/** What crossbars count. Source: gem5 `mem/xbar.cc`. */
import { StatFlag, StatGroup, unit, Vector, Vector2d } from '../sim/index';
import type { Port } from '../sim/index';
import { memCmdName, NUM_MEM_CMDS } from './memCmd';
import type { MemCmd } from './memCmd';

const FLAGS = StatFlag.total | StatFlag.nozero | StatFlag.nonan;

/** The statistics of a crossbar; they print as the crossbar's own. */
export class XBarStats extends StatGroup {
  readonly transDist = new Vector(this, 'transDist', unit.Count, 'packets of each command');
  readonly pktCount = new Vector2d(
    this,
    'pktCount',
    unit.Count,
    'packets between each requestor and responder',
  );
  readonly pktSize = new Vector2d(
    this,
    'pktSize',
    unit.Byte,
    'bytes of data between each requestor and responder',
  );
  #counts = false;

  /** Sizes the statistics; rows and columns are named after the ports at the other ends. */
  setPorts(cpuSide: readonly Port[], memSide: readonly Port[]): void {
    const commands = Array.from({ length: NUM_MEM_CMDS }, (_, cmd) => memCmdName(cmd));
    this.transDist.init(NUM_MEM_CMDS).flags(StatFlag.nozero).subnames(commands);
    // A crossbar without ports on one side passes nothing, but statistics need a size.
    this.#counts = cpuSide.length > 0 && memSide.length > 0;
    for (const stat of [this.pktCount, this.pktSize]) {
      stat.init(Math.max(cpuSide.length, 1), Math.max(memSide.length, 1)).flags(FLAGS);
      stat.subnames(cpuSide.map(port => port.peer.name()));
      stat.ysubnames(memSide.map(port => port.peer.name()));
    }
  }

  /** A packet has passed through. */
  count(cpuSideId: number, memSideId: number, cmd: MemCmd, bytes: number): void {
    if (!this.#counts) return;
    const cell = this.pktCount.cell(cpuSideId, memSideId);
    this.pktCount.incCell(cell, 1);
    this.pktSize.incCell(cell, bytes);
    this.transDist.inc(cmd);
  }
}
