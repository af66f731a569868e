import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isToken } from './segments.ts';

for (const token of [
  '5f2a9c1e0b3d',
  'k3j9x2ab7q',
  'sid-8f3kd92jx1',
  '(S(4m2k9fj3l5))',
  '0f8fad5b-d9cb-469f-a165-70867728950e',
  '12803345-1a47-4e55-8c60-512863862097',
  'wvftikasroinxfjrnddu',
  'ejQxcThrOXEwdHlid3R6a2t4',
]) {
  test(`isToken: ${token}`, () => assert.ok(isToken(token)));
}
for (const name of [
  'windows2000server',
  'some-long-name-of-a-post',
  '1234567890',
  'page-17',
  'html',
  'java.util.concurrent',
  'deadbeef',
  'internationalization',
  '2020-11-05',
  'JavaSE17ApiDocumentation',
]) {
  test(`isToken: ${name} is a name`, () => assert.ok(!isToken(name)));
}
