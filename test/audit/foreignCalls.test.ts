import { expect } from 'chai';
import * as ts from 'typescript';
import { readText, sourceFiles } from '../support/repository';

/** Names that stand for foreign code: the package, and the table of functions declared with it. */
const FOREIGN = new Set(['koffi', 'libc']);

/** `koffi` of `koffi.struct(...)`, `libc` of `libc.open(...)`; undefined for other calls. */
function rootOf(call: ts.CallExpression): string | undefined {
  let callee: ts.Expression = call.expression;
  while (ts.isPropertyAccessExpression(callee) || ts.isElementAccessExpression(callee)) {
    callee = callee.expression;
  }
  return ts.isIdentifier(callee) ? callee.text : undefined;
}

function leadingComments(node: ts.Node, text: string): string {
  const ranges = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
  return ranges.map(range => text.slice(range.pos, range.end)).join('\n');
}

/** True when the node, or something around it, has a comment in front that starts SAFETY. */
function isJustified(node: ts.Node, text: string): boolean {
  for (let at: ts.Node = node; !ts.isSourceFile(at); at = at.parent) {
    if (leadingComments(at, text).includes('SAFETY:')) return true;
  }
  return false;
}

interface ForeignCalls {
  count: number;
  readonly unjustified: string[];
}

function collectForeignCalls(path: string, calls: ForeignCalls): void {
  const text = readText(path);
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && FOREIGN.has(rootOf(node) ?? '')) {
      calls.count++;
      if (!isJustified(node, text)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        calls.unjustified.push(`${path}:${line + 1}: ${node.expression.getText()}`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

describe('Every call through koffi', () => {
  it('says in a SAFETY comment why it is sound', () => {
    const calls: ForeignCalls = { count: 0, unjustified: [] };
    for (const path of sourceFiles()) collectForeignCalls(path, calls);
    expect(calls.unjustified).to.deep.equal([]);
    // A refactoring that hides the calls from this test must not pass for justified calls.
    expect(calls.count).to.be.greaterThan(10);
  });
});
