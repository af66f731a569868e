import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentsIn, agentsText, productToken } from './host-agents.ts';

test('agentsIn: the token of a run, and the most exact one of a host', () => {
  const text = agentsText('usual', { '*.b.test': 'below', 'a.b.test': 'own', '*': 'all' });
  const of = agentsIn(text);
  assert.deepEqual(
    ['https://a.b.test', 'http://x.b.test:81', 'https://b.test'].map((host) => of(host)),
    ['own', 'below', 'all'],
  );
  assert.equal(agentsText('usual', {}), 'usual');
  assert.equal(agentsIn('usual')('https://a.test'), 'usual');
});

test('agentsIn: what others have written into the text does no harm', () => {
  for (const json of ['{', 'null', '7', '"x"', '[]', '{"a b":"x"}', '{"a.test":{}}', '{"__proto__":"x"}'])
    assert.equal(agentsIn(`bot ${json}`)('https://a.test'), 'bot', json);
  assert.equal(agentsIn('')('https://a.test'), '');
});

test('productToken: what stands before the version', () => {
  assert.deepEqual(['somebot/1.0 (+x)', null, '/1', 'b'].map(productToken), ['somebot', 'gossamer', 'gossamer', 'b']);
});
