// Describes the documents of the API once: as JSON Schema for its OpenAPI document, and as types for who writes and
// who reads them.

/** The JSON Schema of a value of type `T`. */
export interface Schema<T> {
  readonly json: object;
  /** The named schemas that `json` refers to. */
  readonly parts: ReadonlyMap<string, object>;
  /** Never there: it keeps the type. */
  readonly value?: T;
}

/** A property that may be missing. */
export interface OptionalSchema<T> extends Schema<T> {
  readonly isOptional: true;
}

export type TypeOf<S> = S extends Schema<infer T> ? T : never;

type Properties = Readonly<Record<string, Schema<unknown>>>;
type OptionalNames<P extends Properties> = {
  [K in keyof P]: P[K] extends OptionalSchema<unknown> ? K : never;
}[keyof P];
type ObjectOf<P extends Properties> = { readonly [K in Exclude<keyof P, OptionalNames<P>>]: TypeOf<P[K]> } & {
  readonly [K in OptionalNames<P>]?: TypeOf<P[K]> | undefined;
};

const NO_PARTS: ReadonlyMap<string, object> = new Map();

export const text: Schema<string> = { json: { type: 'string' }, parts: NO_PARTS };
export const whole: Schema<number> = { json: { type: 'integer' }, parts: NO_PARTS };
export const amount: Schema<number> = { json: { type: 'number' }, parts: NO_PARTS };
export const flag: Schema<boolean> = { json: { type: 'boolean' }, parts: NO_PARTS };
/** Wall time in milliseconds since 1970. */
export const time: Schema<number> = { json: { type: 'integer', description: 'wall milliseconds' }, parts: NO_PARTS };

export function oneOf<const W extends readonly string[]>(...words: W): Schema<W[number]> {
  return { json: { type: 'string', enum: words }, parts: NO_PARTS };
}

export function list<T>(of: Schema<T>): Schema<readonly T[]> {
  return { json: { type: 'array', items: of.json }, parts: of.parts };
}

export function record<T>(of: Schema<T>): Schema<Readonly<Record<string, T>>> {
  return { json: { type: 'object', additionalProperties: of.json }, parts: of.parts };
}

export function orNull<T>(of: Schema<T>): Schema<T | null> {
  return { json: { anyOf: [of.json, { type: 'null' }] }, parts: of.parts };
}

export function optional<T>(of: Schema<T>): OptionalSchema<T> {
  return { ...of, isOptional: true };
}

/** The same with a sentence for the reader of the document. */
export function told<S extends Schema<unknown>>(about: string, of: S): S {
  return {
    ...of,
    json: '$ref' in of.json ? { allOf: [of.json], description: about } : { ...of.json, description: about },
  };
}

export function object<P extends Properties>(properties: P): Schema<ObjectOf<P>> {
  const entries = Object.entries(properties);
  const json = {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, { json }]) => [name, json])),
    required: entries.filter(([, schema]) => !('isOptional' in schema)).map(([name]) => name),
    additionalProperties: false,
  };
  return { json, parts: new Map(entries.flatMap(([, { parts }]) => [...parts])) };
}

/** A schema that the document keeps under its name. */
export function named<T>(name: string, about: string, of: Schema<T>): Schema<T> {
  const parts = new Map([...of.parts, [name, { description: about, ...of.json }]]);
  return { json: { $ref: `#/components/schemas/${name}` }, parts };
}
