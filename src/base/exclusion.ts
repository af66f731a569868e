/** What the detail of a row says that an exclusion took while a crawl ran. The row is found by it. */
export function exclusionDetail(pattern: string): string {
  return `excluded while the crawl ran: ${pattern}`;
}
