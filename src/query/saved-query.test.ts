import { expect, test } from 'vitest';
import { parseQuery } from './saved-query.ts';

const HEAD = '-- title: Access\n-- description: Users of an application.\n-- subject: user\n';

test('saved query: the head is read, and a comment without a key goes on with the line before', () => {
  const sql = `-- title: Access to an application\r\n-- description: Users who can open it,\n--   and how.\n\n-- subject: user
-- needs: app-users,  members\n-- requires: apps\n-- param: app  its id, name or label\n-- param: how\nSELECT 1 AS uid\n-- title: not of the head`;

  expect(parseQuery('access-to-app', sql)).toEqual({
    query: {
      name: 'access-to-app',
      title: 'Access to an application',
      description: 'Users who can open it, and how.',
      subject: 'user',
      needs: ['app-users', 'members'],
      requires: ['apps'],
      parameters: [
        { name: 'app', says: 'its id, name or label' },
        { name: 'how', says: '' },
      ],
      sql,
    },
  });
});

test.each([
  ['', 1, 'its head has no line "-- title: ..."'],
  [
    HEAD.replace('subject: user', 'subject: person'),
    1,
    'its subject is none of user, group, app, rule, device, org',
  ],
  [`-- hello\n${HEAD}`, 1, 'it begins with none of title, description, subject, needs, requires, param'],
  [`${HEAD}-- title: Again\n`, 4, 'title is there twice'],
  [`${HEAD}-- param: 1st\n`, 4, 'a parameter begins with its name'],
])('saved query: %j is told by its line', (text, line, problem) => {
  expect(parseQuery('own', text)).toMatchObject({ faults: expect.arrayContaining([{ line, problem }]) });
});
