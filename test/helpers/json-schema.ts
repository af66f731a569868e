// Checks a value against the part of JSON Schema that our OpenAPI document uses.

interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

/** What is wrong with the value, with its place; empty if nothing is. `parts` are the schemas of the document. */
export function schemaFaults(
  value: unknown,
  schema: JsonSchema,
  parts: Readonly<Record<string, JsonSchema>>,
  at = '$',
): string[] {
  const inside = (part: unknown, of: JsonSchema, where: string): string[] => schemaFaults(part, of, parts, where);
  if (schema.$ref !== undefined) {
    const part = parts[schema.$ref.replace('#/components/schemas/', '')];
    return part === undefined ? [`${at}: there is no ${schema.$ref}`] : inside(value, part, at);
  }
  if (schema.allOf !== undefined) return schema.allOf.flatMap((each) => inside(value, each, at));
  if (schema.anyOf !== undefined) {
    const faults = schema.anyOf.map((each) => inside(value, each, at));
    return faults.some((each) => each.length === 0) ? [] : (faults[0] ?? []);
  }
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${at}: ${JSON.stringify(value)}`];
  if (schema.type !== undefined && !isOfType(value, schema.type)) {
    return [`${at}: ${JSON.stringify(value)} is not of type ${schema.type}`];
  }
  if (schema.items !== undefined) {
    return (value as unknown[]).flatMap((item, index) => inside(item, schema.items!, `${at}[${index}]`));
  }
  const { properties = {}, required = [], additionalProperties = true } = schema;
  if (schema.type !== 'object') return [];
  const given = Object.entries(value as object);
  const missing = required.filter((name) => !(name in (value as object))).map((name) => `${at}.${name} is missing`);
  const wrong = given.flatMap(([name, part]) => {
    if (name in properties) return inside(part, properties[name]!, `${at}.${name}`);
    if (additionalProperties === false) return [`${at}.${name} is not described`];
    return additionalProperties === true ? [] : inside(part, additionalProperties, `${at}.${name}`);
  });
  return [...missing, ...wrong];
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  return type === 'object'
    ? typeof value === 'object' && value !== null && !Array.isArray(value)
    : typeof value === type;
}
