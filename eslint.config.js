import neostandard, { resolveIgnoresFromGitignore } from 'neostandard'
import tseslint from 'typescript-eslint'

export default [
  ...neostandard({ ts: true, ignores: resolveIgnoresFromGitignore() }),
  {
    files: ['**/*.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { 'typescript-eslint': tseslint.plugin },
    rules: {
      'typescript-eslint/no-explicit-any': 'error',
      // tap waits for its subtests by itself.
      'typescript-eslint/no-floating-promises': ['error', {
        allowForKnownSafePromises: [{ from: 'package', package: '@tapjs/core', name: 'PromiseWithSubtest' }],
      }],
      'typescript-eslint/no-misused-promises': 'error',
      'typescript-eslint/no-non-null-assertion': 'error',
      'typescript-eslint/switch-exhaustiveness-check': 'error',
      'typescript-eslint/consistent-type-imports': 'error',
    },
  },
]
