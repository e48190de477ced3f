/** libsignal-c never deletes the prekey with this id [O2-39d, L-20]. */
const LAST_RESORT_ID = 0xff_ffff;

/** `count` fresh ids from `next` on, and the id that follows them; none is ever reused [O2-39e]. */
export function takeIds(
  next: number,
  count: number,
): { readonly ids: readonly number[]; readonly next: number } {
  const ids: number[] = [];
  let id = next;
  while (ids.length < count) {
    if (id !== LAST_RESORT_ID) ids.push(id);
    id += 1;
  }
  return { ids, next: id };
}
