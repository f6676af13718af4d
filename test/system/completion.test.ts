import { join } from 'node:path';
import { expect } from 'chai';
import * as ts from 'typescript';
import { repositoryRoot } from '../support/repository';

/** A script in an editor; `/*1*\/` and the like are places of the cursor. */
const script = `
import { Parent } from 'mini-gem5';
import { SimpleMemory, SrcClockDomain, System, SystemXBar } from 'mini-gem5/objects';
const memory = new SimpleMemory({ /*1*/ });
const system = new System({ memMode: '/*2*/', membus: new SystemXBar(), memory });
system./*3*/;
system.membus./*4*/;
system.memory.port = Parent./*5*/;
export const clock = new SrcClockDomain({ clock: '1GHz', /*6*/ });
`;

const path = join(repositoryRoot, 'configs', 'inEditor.ts');

/** What an editor knows of the project with the script in it. */
function languageService(): ts.LanguageService {
  const { config } = ts.readConfigFile(
    join(repositoryRoot, 'tsconfig.json'),
    ts.sys.readFile.bind(ts.sys),
  ) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.parseJsonConfigFileContent(
    { compilerOptions: config.compilerOptions, files: [path] },
    ts.sys,
    repositoryRoot,
  );
  const read = (file: string): string | undefined =>
    file === path ? script : ts.sys.readFile(file);
  return ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [path],
    getScriptVersion: () => '1',
    getScriptSnapshot: file => {
      const text = read(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => repositoryRoot,
    getDefaultLibFileName: ts.getDefaultLibFilePath.bind(ts),
    fileExists: file => file === path || ts.sys.fileExists(file),
    readFile: read,
    readDirectory: ts.sys.readDirectory.bind(ts.sys),
    directoryExists: ts.sys.directoryExists.bind(ts.sys),
    getDirectories: ts.sys.getDirectories.bind(ts.sys),
  });
}

describe('An editor completes', () => {
  let service: ts.LanguageService;

  before(() => {
    service = languageService();
  });

  /** The names offered at a place of the cursor. */
  function offered(place: number): string[] {
    const mark = `/*${String(place)}*/`;
    const position = script.indexOf(mark);
    const completions = service.getCompletionsAtPosition(path, position, {});
    return (completions?.entries ?? []).map(entry => entry.name);
  }

  it('the parameters and ports of an object that a script makes', () => {
    expect(offered(1)).to.include.members(['latency', 'bandwidth', 'range', 'clkDomain', 'port']);
    expect(offered(6)).to.include.members(['voltageDomain', 'initPerfLevel']);
    expect(offered(6)).to.not.include('clock');
  });

  it('the names of an enumeration', () => {
    expect(offered(2)).to.include.members(['atomic', 'timing', 'atomic_noncaching']);
  });

  it('the parameters, ports and children of an object', () => {
    expect(offered(3)).to.include.members([
      'memMode',
      'memRanges',
      'systemPort',
      'membus',
      'memory',
    ]);
    expect(offered(4)).to.include.members(['cpuSidePorts', 'memSidePorts', 'width', 'path']);
  });

  it('the usual attributes of a proxy', () => {
    expect(offered(5)).to.include.members(['any', 'all', 'clkDomain', 'membus']);
  });
});
