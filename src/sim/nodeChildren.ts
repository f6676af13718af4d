/** The children of configuration nodes: giving a node some, and going through them. */
import { fatal, warn } from '../base/index';
import type { AnyNode } from './node';
import { childNodes, isNode, nodeState, type Child, type NodeState } from './nodeState';
import { toOutputName } from './schema';

/** Children sorted by attribute name as gem5 spells it; the elements of a list by index. */
export function sortedChildren(node: AnyNode): AnyNode[] {
  return [...nodeState(node).children]
    .map(([name, child]) => ({ name: toOutputName(name), child }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ child }) => childNodes(child));
}

/** Gives a node a child, or a list of children. The first parent wins. */
export function addChild(state: NodeState, name: string, child: Child): void {
  if (!/^[a-z]\w*$/i.test(name)) {
    fatal(
      `${state.node.path()}: a child cannot be called '${name}'; names have letters, digits and ` +
        '_, and begin with a letter',
    );
  }
  const list = !isNode(child);
  for (const node of childNodes(child)) {
    for (let a: AnyNode | undefined = state.node; a !== undefined; a = nodeState(a).parent) {
      if (nodeState(a) === nodeState(node)) {
        fatal(
          `${node.path()} cannot be a child of ${state.node.path()}: the tree would have a cycle`,
        );
      }
    }
  }
  removeChild(state, name);
  const elsewhere = childNodes(child).find(node => nodeState(node).parent !== undefined);
  if (elsewhere !== undefined) {
    warn(
      `${elsewhere.path()} already has a parent and stays there; ` +
        `${state.node.path()}.${toOutputName(name)} is another name for it`,
    );
    state.aliases.set(name, child);
    return;
  }
  state.children.set(name, child);
  childNodes(child).forEach((node, index) => {
    const childState = nodeState(node);
    childState.parent = state.node;
    childState.attribute = name;
    childState.index = list ? index : undefined;
  });
}

/** Takes what is called so out of a node's children. */
export function removeChild(state: NodeState, name: string): void {
  const child = state.children.get(name);
  for (const node of child === undefined ? [] : childNodes(child)) {
    nodeState(node).parent = undefined;
  }
  state.children.delete(name);
}

/** Whether a node is nobody's child. */
export function isOrphan(node: AnyNode): boolean {
  return nodeState(node).parent === undefined;
}
