import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Address } from './address.ts';
import { Parameters } from './parameters.ts';

const HOST = 'https://example.com';

function learner() {
  const parameters = new Parameters();
  return {
    /** `content` is what equal pages share. */
    had(path: string, content: number, leadsOn = true): void {
      parameters.learn(new Address(HOST + path), { digest: 0, whole: content, leadsOn });
    },
    trap: (path: string): string | null => parameters.trapIn(new Address(HOST + path)),
  };
}

test('Parameters: a value that changes nothing on several pages is set aside where the page was fetched, and nowhere else', () => {
  const { had, trap } = learner();
  for (let page = 1; page <= 10; page += 1) for (const visit of 'abc') had(`/p/${page}?visit=${visit}${page}`, page);
  assert.equal(trap('/p/7?visit=z'), `${HOST}/p/#?visit: the value of visit changes nothing`);
  assert.equal(trap('/p/11?visit=z'), null);
  assert.equal(trap('/p/7?visit=a7'), null, 'the one that was had first may be asked for again');
  assert.match(trap('/p/7?visit=z&visit=y') ?? '', /changes nothing/);
});

test('Parameters: what is learnt of a host holds where no page speaks against it', () => {
  const { had, trap } = learner();
  for (const page of ['about', 'help', 'news', 'shop', 'team', 'jobs'])
    for (const visit of 'abcd') had(`/${page}?visit=${visit}${page}`, page.length * 31 + page.charCodeAt(0));
  had('/terms?visit=a', 99);
  assert.match(trap('/terms?visit=b') ?? '', /the value of visit/);
  had('/terms?visit=c', 98);
  assert.equal(trap('/terms?visit=b'), null);
});

test('Parameters: one page for all that is gone is no proof, a value that changes pages neither', () => {
  const { had, trap } = learner();
  for (let id = 1; id <= 40; id += 1) had(`/product?id=${id}`, 404);
  assert.equal(trap('/product?id=41'), null);
  for (let id = 41; id <= 90; id += 1) had(`/product?id=${id}`, id);
  assert.equal(trap('/product?id=91'), null);
});

test('Parameters: order and presence', () => {
  const { had, trap } = learner();
  for (let page = 1; page <= 300; page += 1) {
    had(`/l/${page}?a=1&b=2`, page);
    had(`/l/${page}?b=2&a=1`, page);
    had(`/m/${page}`, page);
    had(`/m/${page}?from=menu`, page);
  }
  had('/l/301?a=1&b=2', 301);
  assert.match(trap('/l/301?b=2&a=1') ?? '', /the order of the parameters changes nothing/);
  had('/m/301', 301);
  assert.match(trap('/m/301?from=menu') ?? '', /the value of from changes nothing/);
});

test('Parameters: a token in the path', () => {
  const { had, trap } = learner();
  for (let page = 1; page <= 10; page += 1)
    for (const token of ['5f2a9c1e0b3d', '7c2b9d1f0a4e', '1d4e9f0a2b6c']) had(`/${page}${token}/p-${page}`, page);
  assert.match(trap('/9a8b7c6d5e4f/p-3') ?? '', /segment 1 of the path changes nothing/);
  assert.equal(trap('/9a8b7c6d5e4f/p-33'), null);
});

test('Parameters: a language is no trap, however many pages lack a translation', () => {
  for (const choice of ['?hl=de', '?lang=german', '?page-language=7', '?v=pt-BR', ';l=fr']) {
    const { had, trap } = learner();
    for (let page = 1; page <= 1_000; page += 1) {
      had(`/p/${page}`, page);
      had(`/p/${page}${choice}`, page);
    }
    had('/p/1001', 1_001);
    assert.equal(trap(`/p/1001${choice}`), null, choice);
    assert.equal(trap(`/p/1001${choice}${choice.startsWith(';') ? ';' : '&'}x=1`), null, choice);
  }
});

test('Parameters: a choice of few values takes hundreds of equal pairs, and one page that differs ends it', () => {
  for (const choice of ['theme=dark', 'view=print', 'currency=EUR']) {
    const { had, trap } = learner();
    const read = (from: number, to: number): void => {
      for (let page = from; page <= to; page += 1) {
        had(`/p/${page}`, page);
        had(`/p/${page}?${choice}`, page);
      }
    };
    had('/p/0', 0);
    read(1, 250);
    assert.equal(trap(`/p/0?${choice}`), null, choice);
    read(251, 300);
    assert.match(trap(`/p/0?${choice}`) ?? '', /changes nothing/);
    had('/p/301', 301);
    had(`/p/301?${choice}`, -301);
    assert.equal(trap(`/p/0?${choice}`), null, choice);
  }
});

test('Parameters: equal pages that lead to nothing new teach nothing, before others have led on', () => {
  const { had, trap } = learner();
  for (let id = 0; id < 500; id += 1) had(`/ticket?id=${id}`, 7, false);
  assert.equal(trap('/ticket?id=500'), null);
  for (let id = 500; id < 516; id += 1) had(`/ticket?id=${id}`, 7);
  assert.equal(trap('/ticket?id=900'), null, 'that is one page, and not 64 times');
  for (let id = 600; id < 648; id += 1) had(`/ticket?id=${id}`, 7, false);
  assert.match(trap('/ticket?id=900') ?? '', /the value of id changes nothing/);
});
