import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findLoginForm } from './login-form.ts';

const PASSWORD = '<input type=password name=p>';
const sentBy = (html: string): string => {
  const form = findLoginForm(Buffer.from(html), 'text/html')!;
  return `${form.method} ${form.action} ${form.fields.map(({ name, value }) => `${name}=${value}`).join('&')}`;
};

test('findLoginForm: what a browser would send, from every kind of field', () => {
  for (const [inner, sent] of [
    [
      '<select name=r><option value=a>A<option value=b selected>B</select><select name=s><option>x &amp; y<option>z',
      'p=&r=b&s=x & y',
    ],
    ['<select name=r disabled><option value=a></select><select name=s></select>', 'p='],
    ['<select name=r><option disabled value="">choose<option value=1>1<option value=2>2</select>', 'p=&r=1'],
    ['<input name=x value=1 disabled><textarea name=y disabled></textarea><input name=z value=3>', 'p=&z=3'],
    ['<button disabled name=a value=1></button><button name=b value=2></button><button name=c></button>', 'p=&b=2'],
    ['<input type=image name=i><button name=c value=3></button>', 'p='],
  ] as const)
    assert.equal(sentBy(`<form method=post action=/in>${PASSWORD}${inner}</form>`), `POST /in ${sent}`, inner);
  assert.equal(
    sentBy(`<form method=post action=/in>${PASSWORD}<button type=button formaction=/no></button>
      <button formaction=/out></button><button formaction=/third></button></form>`),
    'POST /out p=',
  );
});

test('findLoginForm: a field may name the form that it belongs to', () => {
  const html = `<input form=f name=u value=1>${PASSWORD.replace('>', ' form=f>')}<form><input name=q></form>
    <form id=f method=post action=/in><input name=x value=2><input form=g name=y value=3></form><button form=f name=b value=4>`;
  assert.equal(sentBy(html), 'POST /in u=1&p=&x=2&b=4');
  assert.equal(findLoginForm(Buffer.from(`<form></form>${PASSWORD}`), 'text/html'), null);
});

test('findLoginForm: only a POST is multipart', () => {
  const isMultipart = (attributes: string): boolean =>
    findLoginForm(Buffer.from(`<form ${attributes}>${PASSWORD}</form>`), 'text/html')!.isMultipart;
  assert.deepEqual(
    ['method=post enctype=Multipart/Form-Data', 'enctype=multipart/form-data', 'method=post enctype=text/plain'].map(
      isMultipart,
    ),
    [true, false, false],
  );
});
