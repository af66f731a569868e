// The hash of a key as one number, as a database with integers of 64 bits stores it. It is a decimal text, because it
// does not fit into a number.

/** The two halves as the signed 64-bit number. */
export function hashNumber(high: number, low: number): string {
  return ((BigInt(high) << 32n) | BigInt(low >>> 0)).toString();
}

/** The two signed halves of a stored hash. */
export function hashHalves(hash: string): readonly [high: number, low: number] {
  const whole = BigInt(hash);
  return [Number(BigInt.asIntN(32, whole >> 32n)), Number(BigInt.asIntN(32, whole))];
}
