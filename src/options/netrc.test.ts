import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetrcFault, readNetrc } from './netrc.ts';

const read = (text: string): string[] =>
  readNetrc(text).map(({ machine, user, password }) => `${machine} ${user} ${password}`);

test('readNetrc: machines over several lines, quotes, comments, macros and default, as curl reads them', () => {
  const text = `# machine old.test login no password no
machine A.test
	login me
	password "with \\"quotes\\", # and \\\\ spaces" # a comment
MACHINE b.test login b account x port 21 password p#b
macdef init
machine macro.test login in password macro

machine a.test login second password second
machine empty.test password only
default login anyone password ""
machine late.test login no password no
`;
  assert.deepEqual(read(text), [
    ...['a.test me with "quotes", # and \\ spaces', 'b.test b p#b', 'a.test second second', 'null anyone '],
  ]);
  assert.deepEqual(read('machine c.test login u\r\npassword p\r\n'), ['c.test u p']);
  assert.deepEqual(read('machine c.test login u password "never ends'), ['c.test u "never']);
});

test('readNetrc: what is none is told with its line, and without what may be a password', () => {
  const told = (text: string): string => {
    try {
      return read(text).join();
    } catch (error) {
      assert.ok(error instanceof NetrcFault);
      return error.message;
    }
  };
  assert.match(told('<p>no'), /^it has no login of a machine/);
  assert.match(told(''), /^it has no login/);
  assert.match(told('machine a\nlogin u password'), /^line 2: nothing follows "password"$/);
  assert.match(told('machine a login "u\\nX: y" password p'), /^line 1: there is a control character in the login$/);
});
