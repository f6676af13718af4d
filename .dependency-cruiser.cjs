'use strict';

/**
 * The floors of the house, lowest first. A file imports only from its own floor or a lower one.
 * `koffi` and Node's own modules are confined by rules of their own below.
 */
const FLOORS = [
  ['base'],
  ['sim'],
  ['checkpoint', 'host'],
  ['mem'],
  ['arch'],
  ['cpu', 'se'],
  ['kvm'],
  ['dev'],
  ['m5'],
  ['cli'],
];

const oneOf = folders => `^src/(?:${folders.join('|')})/`;

/** One rule per floor: nothing above it may be imported. */
const upwardRules = FLOORS.slice(0, -1).map((folders, floor) => ({
  name: `floor-${floor}-${folders.join('-')}-imports-only-downwards`,
  comment: `Floor ${floor} (${folders.join(', ')}) knows nothing of the floors above it.`,
  severity: 'error',
  from: { path: oneOf(folders) },
  to: { path: oneOf(FLOORS.slice(floor + 1).flat()) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...upwardRules,
    {
      name: 'host-is-not-simulation',
      comment: 'src/host is Linux seen from TypeScript; it could be a package of its own.',
      severity: 'error',
      from: { path: '^src/host/' },
      to: { path: '^src/sim/' },
    },
    {
      name: 'devices-do-not-know-kvm',
      comment: 'Devices meet KVM through interfaces of lower floors only.',
      severity: 'error',
      from: { path: '^src/dev/' },
      to: { path: '^src/kvm/' },
    },
    {
      name: 'enter-a-floor-by-its-index',
      comment:
        'From outside, a folder is entered through its index.ts (src/m5 has objects.ts too).',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: {
        path: '^src/',
        pathNot: [
          '^src/$1/',
          '^src/[^/]+/index\\.ts$',
          '^src/arch/x86/index\\.ts$',
          '^src/m5/(?:objects|model|version)\\.ts$',
        ],
      },
    },
    {
      name: 'inside-a-floor-import-the-file',
      comment: "A file that imports its own floor's index.ts makes a cycle of the whole floor.",
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: '^src/[^/]+/(?:x86/)?index\\.ts$' },
      to: { path: '^src/$1/(?:x86/)?index\\.ts$' },
    },
    {
      name: 'scripts-use-the-package',
      comment: 'Configuration scripts import what any user can: the package itself.',
      severity: 'error',
      from: { path: '^configs/' },
      to: { path: '^(?:src|test|bench)/', pathNot: '^src/m5/(?:index|model|objects)\\.ts$' },
    },
    {
      name: 'sources-know-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(?:test|bench|configs)/' },
    },
    {
      name: 'no-cycles',
      comment: 'Cycles of imports. Types alone may refer to each other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'koffi-only-in-host',
      comment: 'Every foreign call is declared in src/host, and nowhere else.',
      severity: 'error',
      from: { pathNot: '^src/host/' },
      to: { path: '(?:^|/)node_modules/(?:koffi|@koromix/[^/]+)/' },
    },
    {
      name: 'base-and-sim-without-node',
      comment: 'Floors 0 and 1 run anywhere, a browser included.',
      severity: 'error',
      from: { path: oneOf(['base', 'sim']) },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'base-and-sim-packages',
      comment: 'Packages that floors 0 and 1 may use: pure JavaScript, no Node.',
      severity: 'error',
      from: { path: oneOf(['base', 'sim']) },
      to: {
        path: '(?:^|/)node_modules/',
        pathNot: '(?:^|/)node_modules/(?:eventemitter3|fastest-levenshtein|@types/[^/]+)/',
      },
    },
    {
      name: 'sources-need-no-dev-dependency',
      comment: 'What src imports at run time is installed with the package.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '@types/' },
    },
    {
      name: 'only-declared-packages',
      comment: 'A package that package.json does not name, or a file that is not there.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
    {
      name: 'nothing-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.d.ts', '.cjs', '.mjs', '.js', '.json'],
    },
  },
};
