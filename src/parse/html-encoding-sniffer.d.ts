declare module 'html-encoding-sniffer' {
  /** The name of the encoding that the HTML standard's sniffing algorithm finds. */
  export default function sniff(
    bytes: Uint8Array,
    options?: {
      readonly transportLayerEncodingLabel?: string;
      readonly xml?: boolean;
      readonly defaultEncoding?: string;
    },
  ): string;
}
