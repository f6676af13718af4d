/**
 * Executes a number of instructions on a `TimingSimpleCPU`, a packet for each fetch, load and store, and
 * prints how often garbage was collected meanwhile; `eventMemory.ts` runs it with small young objects.
 *
 *     manyAccesses INSTRUCTIONS
 */
import { ModelMachine } from '../../test/support/cpuModels';
import { countCollections } from './countCollections';

/** Until all is compiled. */
const WARM_UP = 2_000_000;

const machine = new ModelMachine(['timing'], ['kernels', 'crc32', '1000']);
machine.runInsts(WARM_UP);
countCollections(
  () => machine.runInsts(Number(process.argv[2])),
  collections => {
    machine.dispose();
    console.log(collections);
  },
);
