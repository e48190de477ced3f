import type { OmemoVersion } from "../../domain/version.js";
import { keepDevices, withDevice } from "../../wire/deviceList.js";
import { type Context, ownDevice } from "../context.js";
import { editOwnList, editOwnLists, type OwnListEdit } from "./editOwnList.js";
import { ownEntry } from "./labels.js";

/** Adds our entry to the newest list and keeps every other as it is [O2-17, L-04]. */
export function enlist(
  context: Context,
  version: OmemoVersion,
  signal?: AbortSignal,
): Promise<unknown> {
  return context.publishing.run(() =>
    editOwnList(
      context,
      version,
      async (list) => withDevice(list, await ownEntry(context, version, list)),
      signal,
    ),
  );
}

/** Publishes lists with ourselves only; other devices come back when they notice. */
export function publishOnlyUs(context: Context): Promise<readonly OwnListEdit[]> {
  const own = ownDevice(context);
  return editOwnLists(context, async (list, version) => {
    const alone = keepDevices(list, (id) => id === own.deviceId);
    return withDevice(alone, await ownEntry(context, version, list));
  });
}
