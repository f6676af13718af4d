/** Writes the configuration of an instantiated system: `config.ini`, `.json`, `.dot`, `.svg`. */
import { warn } from '../base/index';
import { configDot, configIni, configJson, dvfsDot, pythonJson, type AnyNode } from '../sim/index';
import { layOutDot } from './layOutDot';
import type { OutputHost } from './nodeHost';

/** Names of the files in the output directory; an empty name leaves one out. */
export interface ConfigFiles {
  /** Every object with its parameters, as gem5's `--dump-config`. */
  configIni: string;
  /** The same, nested, as gem5's `--json-config`. */
  configJson: string;
  /** The objects and connections for Graphviz, as gem5's `--dot-config`. */
  configDot: string;
  /** The picture that Graphviz makes of it. Takes about 0.2 s, so it is made when asked for. */
  configSvg: string;
  /** Clock and voltage domains with what they drive, as gem5's `--dot-dvfs-config`. */
  dvfsDot: string;
}

/**
 * Writes the configuration files.
 * @param ticksPerSecond - the fixed tick frequency, in Hz.
 * @throws {FatalError} when a file cannot be written. A picture that cannot be made is a warning.
 */
export function writeConfigOutputs(
  host: OutputHost,
  root: AnyNode,
  ticksPerSecond: number,
  files: ConfigFiles,
): void {
  if (files.configIni !== '') host.writeOutput(files.configIni, configIni(root, ticksPerSecond));
  if (files.configJson !== '') {
    host.writeOutput(files.configJson, pythonJson(configJson(root, ticksPerSecond)));
  }
  if (files.dvfsDot !== '') host.writeOutput(files.dvfsDot, dvfsDot(root, ticksPerSecond));
  if (files.configDot === '' && files.configSvg === '') return;
  const dot = configDot(root, ticksPerSecond);
  if (files.configDot !== '') host.writeOutput(files.configDot, dot);
  if (files.configSvg === '') return;
  try {
    host.writeOutput(files.configSvg, layOutDot(dot));
  } catch (error) {
    warn(`no ${files.configSvg}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
