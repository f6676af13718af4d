/** Source of the behaviour: gem5 `sim/root.hh`, `sim/Root.py`. */
import { param } from './params';
import { defineSchema, type ParamsOf } from './schema';
import { SimObject, simObjectSchema } from './simObject';
import type { CheckpointIn, CheckpointOut } from './serializable';

export const rootSchema = defineSchema('Root', simObjectSchema, {
  description: 'The root of the tree of simulated objects',
  params: {
    fullSystem: param.Bool('if this is a full system simulation'),
  },
  defaults: { eventqIndex: 0 },
});

export type RootParams = ParamsOf<typeof rootSchema>;

/** The root of the tree. Its statistics are those of the whole simulation. */
export class Root extends SimObject {
  static override readonly schema = rootSchema;

  override serialize(checkpoint: CheckpointOut): void {
    checkpoint.paramOut('curTick', this.curTick());
  }

  override unserialize(checkpoint: CheckpointIn): void {
    this.setCurTick(checkpoint.number('curTick'));
  }
}
