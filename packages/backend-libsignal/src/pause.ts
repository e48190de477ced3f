/** A turn of the event loop: the library's promises alone let nobody else run. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
