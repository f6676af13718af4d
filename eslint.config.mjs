// @ts-check
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * Files that may use the non-null assertion `!`: loops that run once per event or per access, over
 * typed arrays whose index is in range by construction. Everybody else checks for undefined.
 * One line each, with the reason.
 */
const HOT_FILES = [
  'src/sim/eventQueue.ts', // schedule and service: one pass per simulated event
  'src/sim/nearEvents.ts', // the same
  'src/sim/timingWheel.ts', // the same, for events that come later
];

/**
 * Files that may be longer than 300 lines. One line each, with the reason.
 * @type {string[]}
 */
const LONG_FILES = [];

const NO_HOST_TIME =
  'A simulation must replay exactly: take time from the event queue, randomness from src/base/random.ts, host services through an interface.';
const CLOCKS_AND_TIMERS = [
  'Date',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'requestAnimationFrame',
];
const NODE_GLOBALS = ['process', 'Buffer', 'require', 'module', '__dirname', '__filename'];

/** @param {readonly string[]} names @param {string} message */
const restricted = (names, message) => names.map(name => ({ name, message }));

const EXPORT_ALL = {
  selector: 'ExportAllDeclaration',
  message: 'A floor says what it offers by name: no `export *`.',
};

export default tseslint.config(
  {
    ignores: [
      ...['dist/', 'node_modules/', 'coverage/', 'm5out/', 'docs/api/', 'guests/', '.work/'],
      'src/checkpoint/generated/', // made by `npm run proto`
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        // A `default: assertNever(x)` beside the full list of cases is welcome; a default that
        // swallows members of a union is not.
        { considerDefaultExhaustiveForUnions: false, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        // `typeof import('x')` is how a module loaded by require gets its type.
        { prefer: 'type-imports', disallowTypeAnnotations: false },
      ],
      // A getter that returns a literal is how one subclass answers what another computes.
      '@typescript-eslint/class-literal-property-style': 'off',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        {
          argsIgnorePattern: '^_',
          varsIgnorePattern: '^_',
          caughtErrors: 'all',
          ignoreRestSiblings: true,
        },
      ],
      // Empty bodies are how a life-cycle hook says "nothing by default".
      '@typescript-eslint/no-empty-function': [
        'error',
        { allow: ['methods', 'arrowFunctions', 'overrideMethods', 'protected-constructors'] },
      ],
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-expect-error': 'allow-with-description', minimumDescriptionLength: 5 },
      ],
      eqeqeq: 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'start' }],
      'no-restricted-syntax': ['error', EXPORT_ALL],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
    },
  },
  ...LONG_FILES.map(file => ({ files: [file], rules: { 'max-lines': 'off' } })),
  ...HOT_FILES.map(file => ({
    files: [file],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  })),
  {
    // Deterministic floors: what they compute depends on nothing but their input.
    files: ['src/{base,sim,mem,arch,dev}/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...restricted(CLOCKS_AND_TIMERS, NO_HOST_TIME)],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: NO_HOST_TIME },
        ...CLOCKS_AND_TIMERS.map(property => ({
          object: 'globalThis',
          property,
          message: NO_HOST_TIME,
        })),
        { object: 'process', property: 'hrtime', message: NO_HOST_TIME },
      ],
    },
  },
  {
    // Floors 0 and 1 run in a browser too; dependency-cruiser keeps Node's modules out.
    files: ['src/{base,sim}/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...restricted(CLOCKS_AND_TIMERS, NO_HOST_TIME),
        ...restricted(NODE_GLOBALS, 'src/base and src/sim are pure TypeScript, without Node.'),
      ],
    },
  },
  {
    // The command talks to the terminal, loads scripts through a hook of require, which `import()`
    // would go past, and loads its own parts when they are needed.
    files: ['src/cli/**/*.ts'],
    rules: { 'no-console': 'off', '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    // Loads what only some runs need.
    files: ['src/arch/x86/isa/instructionTable.ts'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // chai: `expect(x).to.be.true`, and methods handed over to be called by `expect`.
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // A test may say that an element is there: the test fails if it is not.
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-properties': [
        'error',
        ...['it', 'describe', 'context', 'specify'].map(object => ({
          object,
          property: 'skip',
          message: 'A test runs or does not exist.',
        })),
      ],
    },
  },
  {
    files: ['**/*.{cjs,mjs,js}'],
    languageOptions: {
      globals: { console: 'readonly', process: 'readonly' },
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { module: 'writable', require: 'readonly', __dirname: 'readonly' },
    },
  },
);
