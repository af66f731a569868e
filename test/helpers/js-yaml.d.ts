/** The part that the tests use. */
declare module 'js-yaml' {
  export function loadAll(text: string): unknown[];
}
