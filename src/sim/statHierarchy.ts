/** Hangs every object's statistics below its parent's. Source: gem5 `SimObject.regStats`. */
import type { AnyNode } from './node';
import { isNode, nodeState } from './nodeState';
import { toOutputName } from './schema';

/** Binds the statistics groups of the tree below `root` as the tree itself is bound. */
export function bindStatHierarchy(root: AnyNode): void {
  for (const node of root.descendants()) {
    const group = nodeState(node).simObject?.stats;
    for (const [attribute, child] of nodeState(node).children) {
      const name = toOutputName(attribute);
      if (isNode(child)) {
        const childGroup = nodeState(child).simObject?.stats;
        if (childGroup !== undefined) group?.addStatGroup(name, childGroup);
      } else {
        const groups = child.flatMap(element => nodeState(element).simObject?.stats ?? []);
        group?.addStatGroupVector(name, groups);
      }
    }
  }
}
