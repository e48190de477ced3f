import type { SystemFile } from "../system/fileSystem.js";

/** One call to the system, unless it takes fewer bytes than it was given. */
export async function writeFully(
  file: SystemFile,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const written = await file.write(bytes.subarray(done), position + done);
    if (written === 0) throw new Error("the system takes no more bytes");
    done += written;
  }
}
