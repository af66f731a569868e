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

/** A form as it begins. */
interface Draft extends Omit<LoginForm, 'base' | 'fields'> {
  readonly id: string | null;
}

/** A field with where it belongs. */
interface Entry {
  readonly field: FormField;
  /** The form around it, or the id of another one. */
  readonly owner: Draft | string | null;
  /** Null if it is no button. */
  readonly button: { readonly action: string | null } | null;
}

/** What a list of options has given so far. */
interface Choice extends Pick<Entry, 'owner'> {
  readonly name: string;
  value: string | null;
  isOfText: boolean;
}

const OF_FIELD = ['name', 'disabled', 'form'];
const WANTED: Readonly<Record<string, readonly string[]>> = {
  base: ['href'],
  form: ['id', 'action', 'method', 'enctype'],
  input: [...OF_FIELD, 'value', 'type', 'checked', 'formaction'],
  button: [...OF_FIELD, 'value', 'type', 'formaction'],
  textarea: OF_FIELD,
  select: OF_FIELD,
  option: ['value', 'selected', 'disabled'],
};
const NOTHING: readonly string[] = [];
/** Inputs that are sent only if they are clicked. */
const BUTTONS: ReadonlySet<string> = new Set(['submit', 'image', 'button', 'reset', 'file']);

/** Null if no form of the page asks for a password. */
export function findLoginForm(bytes: Uint8Array, contentType: string): LoginForm | null {
  let base: string | null = null;
  let around: Draft | null = null;
  let choice: Choice | null = null;
  const forms: Draft[] = [];
  const entries: Entry[] = [];
  const chosen = (): void => {
    if (choice !== null && choice.value !== null) {
      const field = { name: choice.name, value: choice.value, isAsked: false, isPassword: false };
      entries.push({ field, owner: choice.owner, button: null });
    }
    choice = null;
  };
  readTokens(decoded(bytes, encodingOf(bytes, contentType, false)), false, {
    wanted: ({ name }) => WANTED[name] ?? NOTHING,
    onOpen({ name: element }, attributes) {
      if (element === 'base') base ??= textOf(attributes, 'href');
      if (element === 'form' && around === null) {
        around = formOf(attributes);
        forms.push(around);
      }
      if (element === 'option' && choice !== null) choose(choice, attributes);
      if (WANTED[element]?.includes('form') !== true || textOf(attributes, 'disabled') !== null) return;
      const owner = textOf(attributes, 'form') ?? around;
      if (element !== 'select') return addTo(entries, element, attributes, owner);
      chosen();
      const name = textOf(attributes, 'name') ?? '';
      if (name !== '') choice = { name, owner, value: null, isOfText: false };
    },
    onText(text) {
      if (choice?.isOfText !== true) return;
      choice.value = text.trim();
      choice.isOfText = false;
    },
    onClose({ name }) {
      if (name === 'select') chosen();
      if (name === 'form') around = null;
    },
  });
  chosen();
  const asking = new Set(entries.map(({ owner, field }) => (field.isPassword ? owner : null)));
  const first = forms.find((form) => asking.has(form) || (form.id !== null && asking.has(form.id)));
  if (first === undefined) return null;
  const own = entries.filter(({ owner }) => owner !== null && (owner === first || owner === first.id));
  return { ...sentBy(first, own), base };
}

function formOf(attributes: Attributes): Draft {
  const text = (name: string): string | null => textOf(attributes, name);
  const method = text('method')?.toUpperCase() === 'POST' ? 'POST' : 'GET';
  const isMultipart = method === 'POST' && text('enctype')?.toLowerCase() === 'multipart/form-data';
  return { id: text('id'), action: text('action') ?? '', method, isMultipart };
}

function addTo(entries: Entry[], element: string, attributes: Attributes, owner: Entry['owner']): void {
  const text = (name: string): string | null => textOf(attributes, name);
  const type = (text('type') ?? (element === 'button' ? 'submit' : 'text')).toLowerCase();
  const isButton = element === 'button' || BUTTONS.has(type);
  const isChoice = type === 'checkbox' || type === 'radio';
  if ((isButton && type !== 'submit' && type !== 'image') || (isChoice && text('checked') === null)) return;
  // A picture sends where it was clicked, and nothing that a server needs.
  const name = type === 'image' ? '' : (text('name') ?? '');
  const value = text('value') ?? (isChoice ? 'on' : '');
  const isAsked = !isButton && !isChoice && type !== 'hidden' && value === '';
  const field = { name, value, isAsked, isPassword: type === 'password' && name !== '' };
  entries.push({ field, owner, button: isButton ? { action: text('formaction') } : null });
}

/** Somebody clicks the first button. */
function sentBy({ id: _, ...form }: Draft, entries: readonly Entry[]): Omit<LoginForm, 'base'> {
  const clicked = entries.find(({ button }) => button !== null);
  const sent = entries.filter((each) => (each.button === null || each === clicked) && each.field.name !== '');
  return { ...form, action: clicked?.button?.action ?? form.action, fields: sent.map(({ field }) => field) };
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
