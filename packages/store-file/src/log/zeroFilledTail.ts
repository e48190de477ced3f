/** No disk writes less at a time. */
const SECTOR_LENGTH = 512;

/**
 * Whether the file ends in zeros that begin inside the entry at `start`, at that entry's first byte
 * or at a sector: what several file systems leave when the power fails after they have stored the
 * new size of a file and before its content.
 */
export function isZeroFilledTail(file: Buffer, start: number, length: number): boolean {
  let zeros = file.length;
  while (zeros > start && file[zeros - 1] === 0) zeros -= 1;
  const firstLost = zeros === start ? start : Math.ceil(zeros / SECTOR_LENGTH) * SECTOR_LENGTH;
  return firstLost < Math.min(start + length, file.length);
}
