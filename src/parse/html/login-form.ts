// Finds the form of a page by which people log in: the first one that asks for a password.

import { decoded, encodingOf } from '../charset.ts';
import type { Attributes } from './attributes.ts';
import { decodeReferences } from './references.ts';
import { readTokens } from './tokens.ts';

export interface FormField {
  readonly name: string;
  readonly value: string;
  /** The user has to say what is in it. */
  readonly isAsked: boolean;
  readonly isPassword: boolean;
}

export interface LoginForm {
  /** Where it is sent, as written: relative to `base`, if there is one, and to the page. */
  readonly action: string;
  readonly base: string | null;
  readonly method: 'GET' | 'POST';
  /** In the order of the page. */
  readonly fields: readonly FormField[];
}

const WANTED: Readonly<Record<string, readonly string[]>> = {
  base: ['href'],
  form: ['action', 'method'],
  input: ['name', 'value', 'type', 'checked'],
  button: ['name', 'value', 'type'],
  textarea: ['name'],
};
const NOTHING: readonly string[] = [];
/** Inputs that are sent only if they are clicked. */
const BUTTONS: ReadonlySet<string> = new Set(['submit', 'image', 'button', 'reset', 'file']);

/** Null if no form of the page asks for a password. */
export function findLoginForm(bytes: Uint8Array, contentType: string): LoginForm | null {
  let base: string | null = null;
  let form: { action: string; method: 'GET' | 'POST'; fields: FormField[] } | null = null;
  let hasButton = false;
  const found: LoginForm[] = [];
  const end = (): void => {
    if (form?.fields.some(({ isPassword }) => isPassword)) found.push({ ...form, base });
    form = null;
  };
  const add = (element: string, attributes: Attributes): void => {
    const text = (name: string): string | null => textOf(attributes, name);
    const name = text('name') ?? '';
    const type = (text('type') ?? (element === 'button' ? 'submit' : 'text')).toLowerCase();
    const isButton = element === 'button' || BUTTONS.has(type);
    if (name === '' || (isButton && (type !== 'submit' || hasButton))) return;
    // Somebody clicks the first button.
    hasButton ||= isButton;
    const isChoice = type === 'checkbox' || type === 'radio';
    if (isChoice && text('checked') === null) return;
    const value = text('value') ?? (isChoice ? 'on' : '');
    const isAsked = !isButton && !isChoice && type !== 'hidden' && value === '';
    form!.fields.push({ name, value, isAsked, isPassword: type === 'password' });
  };
  readTokens(decoded(bytes, encodingOf(bytes, contentType, false)), false, {
    wanted: ({ name }) => WANTED[name] ?? NOTHING,
    onOpen({ name: element }, attributes) {
      if (element === 'base') base ??= textOf(attributes, 'href');
      if (element === 'form' && form === null) {
        const method = textOf(attributes, 'method')?.toUpperCase() === 'POST' ? 'POST' : 'GET';
        form = { action: textOf(attributes, 'action') ?? '', method, fields: [] };
        hasButton = false;
      }
      if (form !== null && (element === 'input' || element === 'button' || element === 'textarea'))
        add(element, attributes);
    },
    onText: () => {},
    onClose({ name }) {
      if (name === 'form') end();
    },
  });
  end();
  return found[0] ?? null;
}

function textOf(attributes: Attributes, name: string): string | null {
  const raw = attributes.value(name);
  return raw === null ? null : decodeReferences(raw, true);
}
