/** A key object costs about 2 kB, so only the latest are kept: a ratchet key is used twice. */
const MAX_REMEMBERED = 32;

/** Imports keys of 32 bytes, and remembers the latest ones, the last used first. */
export function rememberKeys<Key>(
  importKey: (bytes: Uint8Array) => Key,
): (bytes: Uint8Array) => Key {
  const known: { readonly bytes: Uint8Array; readonly key: Key }[] = [];
  return (bytes) => {
    const index = known.findIndex((entry) => isSame(entry.bytes, bytes));
    const found = known[index] ?? { bytes: bytes.slice(), key: importKey(bytes) };
    if (index !== 0) {
      if (index > 0) known.splice(index, 1);
      known.unshift(found);
      if (known.length > MAX_REMEMBERED) known.pop();
    }
    return found.key;
  };
}

/** Looks a key up in our own memory; what is compared with secrets of others takes no shortcut. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  for (let index = 0; index < 32; index += 1) if (a[index] !== b[index]) return false;
  return true;
}
