import { expect } from 'chai';
import * as ts from 'typescript';
import { readText, sourceFiles } from '../support/repository';

function isExported(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

/** What a statement declares: a variable statement may declare several names. */
function declaredName(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText()).join(', ');
  }
  const { name } = statement as ts.DeclarationStatement;
  return name?.getText() ?? '(default)';
}

/**
 * A schema describes itself in its text, and the parameter type that derives from it too; what has
 * the kernel's name is described by the kernel's documentation.
 */
function describesItself(statement: ts.Statement): boolean {
  return /^export const KVM_|= (?:defineSchema\(|ParamsOf<typeof )/.test(statement.getText());
}

/** The comments and blank space in front of a statement. */
function trivia(statement: ts.Statement): string {
  return statement.getFullText().slice(0, statement.getLeadingTriviaWidth());
}

/** True for a constant with any comment on top: the first line of a table of constants. */
function startsTable(statement: ts.Statement): boolean {
  return ts.isVariableStatement(statement) && /\/[/*]/.test(trivia(statement));
}

/** True for a constant on the line after another: the comment on top of the table is for both. */
function continuesTable(statement: ts.Statement, previous: ts.Statement | undefined): boolean {
  if (previous === undefined || !ts.isVariableStatement(statement)) return false;
  return ts.isVariableStatement(previous) && !/\n\s*\n/.test(trivia(statement));
}

/** `path:line: name` of the exported declarations of a file that have no doc comment. */
function undocumented(path: string): string[] {
  const source = ts.createSourceFile(path, readText(path), ts.ScriptTarget.ES2023, true);
  const documented = new Set<ts.Statement>();
  const names = new Set<string>();
  const missing: string[] = [];
  source.statements.forEach((statement, index) => {
    const previous = source.statements[index - 1];
    const name = declaredName(statement);
    const fine =
      ts.getJSDocCommentsAndTags(statement).length > 0 ||
      describesItself(statement) ||
      // The signatures of an overloaded function share the comment of the first.
      names.has(name) ||
      startsTable(statement) ||
      (continuesTable(statement, previous) && previous !== undefined && documented.has(previous));
    if (fine) documented.add(statement);
    if (!isExported(statement)) return;
    names.add(name);
    if (fine) return;
    const { line } = source.getLineAndCharacterOfPosition(statement.getStart());
    missing.push(`${path}:${line + 1}: ${name}`);
  });
  return missing;
}

describe('Every exported name', () => {
  it('has a doc comment', () => {
    expect(sourceFiles().flatMap(undocumented)).to.deep.equal([]);
  });
});
