// Links that are counted with their page but not kept.

/** How many links of a page are not kept, by reason. */
export interface Unkept {
  /** Beyond the limits for one page. */
  readonly dropped: number;
  /** Longer than any server accepts. */
  readonly tooLong: number;
  /** Neither http nor https. Links that lead nowhere (mailto, javascript) are not counted. */
  readonly otherScheme: number;
}
