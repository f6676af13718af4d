// @ts-check
/**
 * A plugin of TypeDoc: the classes of nodes derive from schemas, and their types, which are made of
 * those of schemas, tell a reader nothing. In their place stand tables of parameters and ports.
 * Reads the compiled package, so it has to be built before.
 */
import { createRequire } from 'node:module';
import { Comment, Converter, ReflectionKind, UnknownType } from 'typedoc';

const require = createRequire(import.meta.url);
const objects = require('../dist/m5/objects.js');
const model = require('../dist/m5/model.js');
const { describeParam, describePort } = require('../dist/sim/describeSchema.js');

/** @param {string[]} cells */
const row = cells => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/**
 * A table, or nothing where there are no rows.
 * @param {string} title
 * @param {string[][]} rows
 */
function table(title, rows) {
  if (rows.length === 0) return '';
  const head = [row([title, 'Type', 'Default', 'Meaning']), row(['---', '---', '---', '---'])];
  return ['', '', ...head, ...rows.map(row)].join('\n');
}

/** What a schema declares, as Markdown. */
function tables({ params, ports }) {
  const code = text => (text === '' ? '' : `\`${text}\``);
  const sorted = record => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    table(
      'Parameter',
      sorted(params).map(([name, spec]) => {
        const { type, value, text } = describeParam(spec);
        return [code(name), code(type), value === undefined ? 'required' : code(value), text];
      }),
    ) +
    table(
      'Port',
      sorted(ports).map(([name, spec]) => {
        const { type, need, text } = describePort(spec);
        return [code(name), code(type), need, text];
      }),
    )
  );
}

/** The schema that an exported value is or has. */
function schemaOf(value) {
  const schema = value?.schema ?? value;
  return typeof schema?.params === 'object' && typeof schema.ports === 'object'
    ? schema
    : undefined;
}

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const reflection of project.getReflectionsByKind(ReflectionKind.Variable)) {
      const exported = reflection.parent?.name === 'objects' ? objects : model;
      const schema = schemaOf(exported[reflection.name]);
      if (schema === undefined) continue;
      reflection.type = new UnknownType(exported === objects ? 'NodeClass' : 'Schema');
      reflection.comment ??= new Comment();
      reflection.comment.summary.push({ kind: 'text', text: tables(schema) });
    }
  });
}
