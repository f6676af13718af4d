// @ts-check
/**
 * A plugin of TypeDoc: the properties of nodes and `…Params` types derive from schemas, where a
 * parameter or port is described by a text, such as `param.Latency('30ns', 'time to answer')`. That
 * text becomes its comment.
 */
import { Comment, Converter, ReflectionKind } from 'typedoc';
import ts from 'typescript';

/**
 * The description in a declaration: the last text among the arguments of the call.
 * @param {ts.Declaration | undefined} declaration
 */
function descriptionIn(declaration) {
  if (declaration === undefined || !ts.isPropertyAssignment(declaration)) return undefined;
  const { initializer } = declaration;
  if (!ts.isCallExpression(initializer)) return undefined;
  return initializer.arguments.filter(ts.isStringLiteralLike).at(-1)?.text;
}

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Property) || reflection.hasComment()) return;
    const symbol = context.getSymbolFromReflection(reflection);
    const description = descriptionIn(symbol?.declarations?.[0]);
    if (description === undefined) return;
    const sentence = description.charAt(0).toUpperCase() + description.slice(1) + '.';
    reflection.comment = new Comment([{ kind: 'text', text: sentence }]);
  });
}
