/** What the tests use of it: the renderer. */
declare module 'markdown-it' {
  export default class MarkdownIt {
    constructor(preset: 'default' | 'commonmark', options: { readonly html: boolean });
    render(markdown: string): string;
  }
}
