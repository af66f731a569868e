/** The part that the tests use: the renderer. */
declare module 'markdown-it' {
  export default class MarkdownIt {
    constructor(preset: 'default' | 'commonmark', options: { readonly html: boolean });
    render(markdown: string): string;
  }
}
