/**
 * From configuration nodes to models, in gem5's order of calls.
 *
 * Source of the behaviour: gem5 `python/m5/simulate.py` (`instantiate`), `SimObject.createCCObject`.
 */
import { fatal } from '../base/index';
import type { AnyNode } from './node';
import { isNode, isNodeList, nodeState } from './nodeState';
import { modelParam, resolvedParam } from './resolveProxies';
import { modelParams, toOutputName, type SimObjectContext } from './schema';
import type { SimObject } from './simObject';
import type { Simulation } from './simulation';

/** Makes the model of every node; an object that another has as a parameter is made before it. */
export function createModels(root: AnyNode, simulation: Simulation): SimObject[] {
  const nodes = root.descendants();
  const known = new Set(nodes);
  const create = (node: AnyNode, users: readonly AnyNode[]): void => {
    const state = nodeState(node);
    if (state.simObject !== undefined) return;
    if (users.includes(node)) {
      const circle = [...users.slice(users.indexOf(node)), node].map(user => user.path());
      fatal(`Cycle found in configuration hierarchy: ${circle.join(' -> ')}`);
    }
    if (!known.has(node)) {
      const user = users.at(-1)?.path() ?? 'the script';
      fatal(
        `${user} refers to a ${state.schema.type} outside the tree (${node.path()}); ` +
          'make it the child of an object below Root',
      );
    }
    const params: Record<string, unknown> = {};
    for (const [name] of modelParams(state.schema)) {
      const value = resolvedParam(node, name);
      for (const object of isNode(value) ? [value] : isNodeList(value) ? value : []) {
        create(object, [...users, node]);
      }
      params[name] = modelParam(node, name, simulation.ticksPerSecond);
    }
    const context: SimObjectContext = {
      name: node.path(),
      simulation,
      portConnectionCount: Object.fromEntries(
        Object.keys(state.schema.ports).map(name => [
          name,
          state.ports.get(name)?.connections.length ?? 0,
        ]),
      ),
    };
    // The schema from which `params` was built is the one from which the constructor's type derives.
    const Model = state.model as unknown as new (params: object) => SimObject;
    const modelsBefore = simulation.objects.length;
    try {
      state.simObject = new Model(Object.freeze({ ...params, ...context }));
    } catch (error) {
      simulation.discardObjects(modelsBefore);
      throw error;
    }
  };
  for (const node of nodes) create(node, []);
  return nodes.map(node => node.simObject());
}

/** Binds the models' ports as the script connected them, requestor to responder. */
export function connectPorts(root: AnyNode): void {
  for (const node of root.descendants()) {
    const state = nodeState(node);
    const specs = Object.entries(state.schema.ports);
    for (const [name, spec] of specs.sort(([a], [b]) => (a < b ? -1 : 1))) {
      const connections = state.ports.get(name)?.connections ?? [];
      if (connections.length === 0 && !spec.vector && !spec.optional) {
        fatal(
          `port ${node.path()}.${toOutputName(name)} is not connected; ` +
            `assign it a port, such as ${node.path()}.${name} = system.membus.cpuSidePorts`,
        );
      }
      if (spec.role === 'GEM5 RESPONDER') continue;
      for (const connection of connections) {
        const peer = connection.peer;
        if (peer === undefined) continue;
        node
          .simObject()
          .getPort(name, connection.index)
          .bind(peer.port.node.simObject().getPort(peer.port.name, peer.index));
      }
    }
  }
}
