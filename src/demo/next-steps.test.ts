import { expect, test } from 'vitest';
import { nextSteps, programOf } from './next-steps.ts';

test('demo, next steps: a checkout is told to go on by npm, an installed package by its own name', () => {
  expect(programOf('/checkout/src/demo/next-steps.ts')).toBe('npm run --silent okta-ocsf --');
  expect(programOf('/opt/okta-ocsf/dist/demo/next-steps.js')).toBe('okta-ocsf');
  expect(nextSteps().join('\n')).toContain('    npm run --silent okta-ocsf -- sync\n');
});
