// The variables by which programs are told of proxies: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, also in lower
// case, which wins. An option of ours wins over them.

import { UsageError } from '../base/errors.ts';
import { proxyOf } from '../url/proxy.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Which variable names a proxy for which URLs. */
const VARIABLES: readonly (readonly [name: string, prefix: string])[] = [
  ['http_proxy', 'http='],
  ['https_proxy', 'https='],
  ['all_proxy', ''],
];

/** @throws UsageError that names the variable and does not show its value, which may contain a password. */
export function withProxies(
  input: Readonly<Record<string, unknown>>,
  environment: Environment,
): Readonly<Record<string, unknown>> {
  const noProxy = input['noProxy'] ?? variable('no_proxy', environment);
  const isGiven = input['proxy'] !== undefined || (input['proxyFile'] ?? null) !== null;
  const proxy = isGiven ? input['proxy'] : fromVariables(environment);
  return { ...input, proxy, ...(noProxy !== undefined && { noProxy }) };
}

function fromVariables(environment: Environment): string[] {
  return VARIABLES.flatMap(([name, prefix]) => {
    const value = variable(name, environment)?.trim() ?? '';
    if (value === '') return [];
    if (proxyOf(value) !== null) return [`${prefix}${value}`];
    throw new UsageError(
      `${name.toUpperCase()} is not the address of a proxy: write it like http://USER:PASS@HOST:PORT, or give --proxy.`,
    );
  });
}

/** A web server that runs a program puts the header `Proxy` of its client into HTTP_PROXY. */
function variable(name: string, environment: Environment): string | undefined {
  const isFromClient = name === 'http_proxy' && environment['REQUEST_METHOD'] !== undefined;
  return environment[name] ?? (isFromClient ? undefined : environment[name.toUpperCase()]);
}
