/** A name of a database that nobody used before. */
export function freshName(): string {
  return `omemo:${crypto.randomUUID()}`;
}
