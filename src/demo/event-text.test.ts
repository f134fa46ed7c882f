import { describe, expect, test } from 'vitest';
import { eventLines } from './event-text.ts';

function textOf(event: unknown, ...marked: readonly string[]): string {
  return eventLines({ event, marked: new Set(marked) }).join('\n');
}

describe('demo, event text: an event for people', () => {
  test('has on one line what fits there, and marks before the lines that matter', () => {
    const groups = [{ uid: 'g1', privileges: [] }, { uid: 'g2', privileges: ['x'.repeat(80)] }, 'last'];

    expect(textOf({ user: { type: 'Admin', groups } }, 'user.type', 'user.groups.1')).toBe(
      [
        '    {',
        '      "user": {',
        ' >      "type": "Admin",',
        '        "groups": [',
        '          { "uid": "g1", "privileges": [] },',
        ' >        {',
        '            "uid": "g2",',
        '            "privileges": [',
        `              "${'x'.repeat(80)}"`,
        '            ]',
        '          },',
        '          "last"',
        '        ]',
        '      }',
        '    }',
      ].join('\n'),
    );
  });

  test('shows no sign that a terminal would obey', () => {
    expect(textOf({ name: '\u001B[31m\u202Ered' })).toContain(String.raw`\u001b[31m\u202ered`);
  });
});
