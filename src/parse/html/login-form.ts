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
  /** Whether its fields are sent as `multipart/form-data`. */
  readonly isMultipart: boolean;
  /** Where it is sent, as written: relative to `base`, if there is one, and to the page. */
  readonly action: string;
  readonly base: string | null;
  readonly method: 'GET' | 'POST';
  /** In the order of the page. */
  readonly fields: readonly FormField[];
}

interface Draft {
  action: string;
  readonly method: 'GET' | 'POST';
  readonly isMultipart: boolean;
  readonly fields: FormField[];
}

/** What a list of options has given so far. */
interface Choice {
  readonly name: string;
  value: string | null;
  isOfText?: boolean;
}

const WANTED: Readonly<Record<string, readonly string[]>> = {
  base: ['href'],
  form: ['action', 'method', 'enctype'],
  input: ['name', 'value', 'type', 'checked', 'disabled', 'formaction'],
  button: ['name', 'value', 'type', 'disabled', 'formaction'],
  textarea: ['name', 'disabled'],
  select: ['name', 'disabled'],
  option: ['value', 'selected', 'disabled'],
};
const NOTHING: readonly string[] = [];
/** Inputs that are sent only if they are clicked. */
const BUTTONS: ReadonlySet<string> = new Set(['submit', 'image', 'button', 'reset', 'file']);

/** Null if no form of the page asks for a password. */
export function findLoginForm(bytes: Uint8Array, contentType: string): LoginForm | null {
  let base: string | null = null;
  let form: Draft | null = null;
  let choice: Choice | null = null;
  let hasButton = false;
  const found: LoginForm[] = [];
  const chosen = (): void => {
    if (choice?.value != null)
      form?.fields.push({ name: choice.name, value: choice.value, isAsked: false, isPassword: false });
    choice = null;
  };
  const end = (): void => {
    chosen();
    if (form?.fields.some(({ isPassword }) => isPassword)) found.push({ ...form, base });
    form = null;
  };
  const add = (element: string, attributes: Attributes): void => {
    const text = (name: string): string | null => textOf(attributes, name);
    const name = text('name') ?? '';
    const type = (text('type') ?? (element === 'button' ? 'submit' : 'text')).toLowerCase();
    const isButton = element === 'button' || BUTTONS.has(type);
    if (text('disabled') !== null || (isButton && ((type !== 'submit' && type !== 'image') || hasButton))) return;
    // Somebody clicks the first button.
    hasButton ||= isButton;
    if (isButton) form!.action = text('formaction') ?? form!.action;
    if (name === '' || type === 'image') return;
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
        const isMultipart = method === 'POST' && textOf(attributes, 'enctype')?.toLowerCase() === 'multipart/form-data';
        form = { action: textOf(attributes, 'action') ?? '', method, isMultipart, fields: [] };
        hasButton = false;
      }
      if (form !== null && element === 'select') {
        chosen();
        const name = textOf(attributes, 'name') ?? '';
        if (name !== '' && textOf(attributes, 'disabled') === null) choice = { name, value: null };
      }
      if (choice !== null && element === 'option') choose(choice, attributes);
      if (form !== null && (element === 'input' || element === 'button' || element === 'textarea'))
        add(element, attributes);
    },
    onText(text) {
      if (choice?.isOfText !== true) return;
      choice.value = text.trim();
      choice.isOfText = false;
    },
    onClose({ name }) {
      if (name === 'select') chosen();
      if (name === 'form') end();
    },
  });
  end();
  return found[0] ?? null;
}

/** The first option of a list is sent, unless another one is selected. */
function choose(choice: Choice, attributes: Attributes): void {
  const isSelected = textOf(attributes, 'selected') !== null;
  choice.isOfText = false;
  if (textOf(attributes, 'disabled') !== null || (choice.value !== null && !isSelected)) return;
  const value = textOf(attributes, 'value');
  choice.value = value ?? '';
  // Without a value it is what the option says.
  choice.isOfText = value === null;
}

function textOf(attributes: Attributes, name: string): string | null {
  const raw = attributes.value(name);
  return raw === null ? null : decodeReferences(raw, true);
}
