import { defineConfig } from 'oxlint';
import type { OxlintOverride } from 'oxlint';
import { GUARDED, lintedRooms, PURE_ROOMS, TEST_FILES, type LintedRoom } from './test/layers.ts';

const PROCESS = {
  name: 'process',
  message: 'Only src/main.ts says `process`: take what you need as an argument.',
};
const CLOCK = 'the clock and randomness are arguments: a pure function gives the same answer tomorrow';

const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'fetch'].map((name) => ({
  name,
  message: CLOCK,
}));

interface RestrictedGlobal {
  name: string;
  message: string;
}

function noGlobals(
  ...globals: RestrictedGlobal[]
): ['error', { globals: RestrictedGlobal[]; checkGlobalObject: boolean }] {
  return ['error', { globals, checkGlobalObject: true }];
}

/** The rules of the rooms as lint, for the author; `test/architecture.test.ts` follows every import to its file. */
function roomOverride({ room, files, toSource, forbidden }: LintedRoom): OxlintOverride {
  const message = `${room.name} is for: ${room.concern}. It may reach ${room.reaches.join(', ') || 'nothing'}.`;
  const patterns = [
    ...forbidden.map((name) => ({
      regex: name.endsWith('.ts')
        ? `${toSource}${name.replace('.', String.raw`\.`)}$`
        : `${toSource}${name}/`,
      message,
    })),
    { regex: '^\\.\\.?/.*/src/', message: 'Import by the shortest relative path.' },
    { regex: '\\.(test|fixture)\\.ts$', message: 'Only tests import what is made for tests.' },
  ];
  const paths = GUARDED.filter((name) => !room.packages.includes(name)).map((name) => ({ name, message }));
  return { files: [...files], rules: { 'no-restricted-imports': ['error', { paths, patterns }] } };
}

/** What `JSON.parse` and plain JavaScript give: refused in the product, where a schema parses it first. */
const UNSAFE_ANY_ALLOWED = {
  'typescript/no-unsafe-argument': 'off',
  'typescript/no-unsafe-assignment': 'off',
  'typescript/no-unsafe-call': 'off',
  'typescript/no-unsafe-member-access': 'off',
  'typescript/no-unsafe-return': 'off',
} as const;

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest'],
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  ignorePatterns: ['dist', 'coverage', 'state', 'schemas'],
  categories: { correctness: 'error', suspicious: 'error' },
  rules: {
    // Budget of a function, without blank lines and comments. Files have none: a split follows an idea, not a count
    // (test/architecture.test.ts names the longest ones).
    'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],

    // Parse at the door, trust inside: no way round the type checker.
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
    'typescript/ban-ts-comment': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    'typescript/no-unsafe-function-type': 'error',
    'typescript/switch-exhaustiveness-check': 'error',

    // Promises: nothing floats, nothing is misused.
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/return-await': ['error', 'in-try-catch'],
    'typescript/only-throw-error': 'error',
    'typescript/prefer-promise-reject-errors': 'error',
    'typescript/promise-function-async': 'off',

    // Modules.
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/no-default-export': 'error',
    'import/no-duplicates': 'error',
    'import/no-self-import': 'error',
    'import/no-mutable-exports': 'error',
    'import/no-unassigned-import': 'off',
    'typescript/consistent-type-imports': [
      'error',
      { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
    ],
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'unicorn/prefer-node-protocol': 'error',

    // The world is passed in.
    'no-console': 'error',
    'no-restricted-globals': noGlobals(PROCESS),

    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'no-var': 'error',
    'prefer-const': 'error',
    'no-param-reassign': 'error',
    'no-else-return': 'error',
    'no-nested-ternary': 'error',
    'no-implicit-coercion': 'error',
    'typescript/no-inferrable-types': 'error',
    'typescript/prefer-readonly': 'error',
    'typescript/prefer-nullish-coalescing': 'error',
    'typescript/prefer-optional-chain': 'error',
    'typescript/no-unnecessary-condition': 'error',
    'typescript/use-unknown-in-catch-callback-variable': 'error',
    'unicorn/no-empty-file': 'error',
    'unicorn/no-useless-undefined': 'off',

    // Off: each of these refuses something this code base wants.
    'no-await-in-loop': 'off',
    'no-shadow': 'off',
    'typescript/consistent-return': 'off', // does not see that a switch is exhaustive; noImplicitReturns does
    'typescript/no-unsafe-type-assertion': 'off', // no assertion gets that far
    'no-underscore-dangle': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'unicorn/no-array-sort': 'off',
    // Of windows; threads have no origin.
    'unicorn/require-post-message-target-origin': 'off',
    'promise/always-return': 'off',
    'import/no-named-as-default-member': 'off',
    'vitest/no-conditional-expect': 'off',
  },
  overrides: [
    ...lintedRooms().map(roomOverride),
    {
      files: PURE_ROOMS.map((name) => `src/${name}/**`),
      excludeFiles: TEST_FILES,
      rules: {
        'no-restricted-globals': noGlobals(PROCESS, ...TIMERS),
        'no-restricted-properties': [
          'error',
          { object: 'Date', property: 'now', message: CLOCK },
          { object: 'Math', property: 'random', message: CLOCK },
          { object: 'performance', property: 'now', message: CLOCK },
          { object: 'crypto', property: 'randomUUID', message: CLOCK },
        ],
      },
    },
    { files: ['src/main.ts', 'bin/**'], rules: { 'no-restricted-globals': 'off' } },
    { files: ['bin/**'], rules: { ...UNSAFE_ANY_ALLOWED, 'no-console': 'off' } },
    {
      files: TEST_FILES,
      rules: {
        ...UNSAFE_ANY_ALLOWED,
        'max-lines-per-function': 'off',
        'no-restricted-imports': 'off',
        'no-restricted-globals': 'off',
        'vitest/no-focused-tests': 'error',
        'vitest/no-disabled-tests': 'error',
        // A `test` that was extended by a fixture is not recognised as one.
        'vitest/no-standalone-expect': ['error', { additionalTestBlockFunctions: ['test', 'test.for'] }],
      },
    },
    { files: ['*.config.ts'], rules: { 'import/no-default-export': 'off', 'no-restricted-globals': 'off' } },
  ],
});
