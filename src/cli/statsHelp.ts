/** `--stats-help`: what a URL of a statistics output can say. */

/** The lines to print. */
export function statsHelp(): string[] {
  return [
    'A file for statistics, after --stats-file or in m5.stats.addStatVisitor(), is a name or a URL.',
    'Files are in the output directory.',
    '',
    '    FILE, text://FILE, file://FILE',
    "        gem5's text, one dump after the other",
    '        ?desc=False     without descriptions and units',
    '        ?spaces=False   without padding',
    '    json://FILE',
    '        a JSON document of the latest dump',
    '',
    'Examples:',
    '    --stats-file "text://stats.txt?desc=False;spaces=False"',
    '    --stats-file json://stats.json --json-stats ""',
  ];
}
