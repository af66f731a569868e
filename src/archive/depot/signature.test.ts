import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signed } from './signature.ts';

const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

test('signed: the examples of the specification', () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
  const credentials = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    sessionToken: '',
  };
  const host = 'examplebucket.s3.amazonaws.com';
  const at = Date.UTC(2013, 4, 24);
  const table = [
    [
      'GET',
      '/test.txt',
      {},
      { range: 'bytes=0-9' },
      EMPTY,
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ],
    [
      'PUT',
      '/test%24file.text',
      {},
      { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    ],
    ['GET', '/', { lifecycle: '' }, {}, EMPTY, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
    [
      'GET',
      '/',
      { prefix: 'J', 'max-keys': '2' },
      {},
      EMPTY,
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ],
  ] as const;
  for (const [method, path, query, headers, bodyHash, signature] of table) {
    const { authorization } = signed({ method, host, path, query, headers, bodyHash }, credentials, 'us-east-1', at);
    assert.equal(authorization!.slice(authorization!.indexOf('Signature=') + 10), signature, `${method} ${path}`);
  }
});
