/**
 * Copies that lie in one piece of memory, which costs a fraction of a piece for each. The piece
 * stays until none of them is used any more.
 */
export function copyValues(values: readonly Uint8Array[]): readonly Uint8Array[] {
  const piece = new Uint8Array(values.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  return values.map((value) => {
    const copy = piece.subarray(offset, offset + value.length);
    copy.set(value);
    offset += value.length;
    return copy;
  });
}
