import { basename, dirname, join } from "node:path";
import type { SeededRandom } from "@omemo/testkit";

/** What a process sees, and what would be left if the power failed now. */
export interface SimulatedFile {
  content: Uint8Array;
  stored: Uint8Array;
}

type Names = Map<string, SimulatedFile | "folder">;

/** A sector, as everywhere. */
const SECTOR_LENGTH = 512;

export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** A drive that outlives the processes of a test. Pessimistic: nothing is stored unless synced. */
export class SimulatedDrive {
  #names: Names;
  #storedNames: Names;

  constructor(files: Readonly<Record<string, Uint8Array>> = {}) {
    this.#names = new Map([["/", "folder"]]);
    for (const [path, bytes] of Object.entries(files)) {
      this.#names.set(path, { content: bytes.slice(), stored: bytes.slice() });
    }
    this.#storedNames = new Map(this.#names);
  }

  has(path: string): boolean {
    return this.#names.has(path);
  }

  file(path: string): SimulatedFile {
    const found = this.#names.get(path);
    if (found === undefined) throw systemError("ENOENT");
    if (found === "folder") throw systemError("EISDIR");
    return found;
  }

  addFile(path: string): SimulatedFile {
    this.#assertFree(path);
    const file = { content: new Uint8Array(0), stored: new Uint8Array(0) };
    this.#names.set(path, file);
    return file;
  }

  addFolder(path: string): void {
    this.#assertFree(path);
    this.#names.set(path, "folder");
  }

  namesIn(folder: string): readonly string[] {
    if (this.#names.get(folder) !== "folder") throw systemError("ENOENT");
    return [...this.#names.keys()]
      .filter((path) => path !== folder && dirname(path) === folder)
      .map((path) => basename(path));
  }

  removeFile(path: string): void {
    this.file(path);
    this.#names.delete(path);
  }

  removeFolder(path: string): void {
    if (this.namesIn(path).length > 0) throw systemError("ENOTEMPTY");
    this.#names.delete(path);
  }

  rename(from: string, to: string): void {
    const moved = this.#names.get(from);
    if (moved === undefined) throw systemError("ENOENT");
    if (this.#names.get(to) === "folder") this.removeFolder(to);
    for (const name of moved === "folder" ? this.namesIn(from) : []) {
      this.#names.set(join(to, name), this.file(join(from, name)));
      this.#names.delete(join(from, name));
    }
    this.#names.delete(from);
    this.#names.set(to, moved);
  }

  syncFolder(folder: string): void {
    for (const path of [...this.#storedNames.keys()]) {
      if (path !== folder && dirname(path) === folder) this.#storedNames.delete(path);
    }
    for (const name of this.namesIn(folder)) {
      const path = join(folder, name);
      this.#storedNames.set(path, this.#names.get(path) as SimulatedFile | "folder");
    }
  }

  /** Another drive in the state of this one; what happens to it happens to none else. */
  copy(): SimulatedDrive {
    const copies = new Map<SimulatedFile, SimulatedFile>();
    const copyOf = (file: SimulatedFile): SimulatedFile => {
      const copy = copies.get(file) ?? { ...file };
      copies.set(file, copy);
      return copy;
    };
    const copyNames = (names: Names): Names => {
      const copied: Names = new Map();
      for (const [path, file] of names) copied.set(path, file === "folder" ? file : copyOf(file));
      return copied;
    };
    const drive = new SimulatedDrive();
    drive.#names = copyNames(this.#names);
    drive.#storedNames = copyNames(this.#storedNames);
    return drive;
  }

  /** Keeps what was synced, and of the rest what chance had already put on the medium. */
  losePower(random: SeededRandom): void {
    if (random.chance(0.5)) this.#names = new Map(this.#storedNames);
    for (const file of this.#names.values()) {
      if (file === "folder") continue;
      file.content = survivor(file, random);
      file.stored = file.content;
    }
    this.#storedNames = new Map(this.#names);
  }

  #assertFree(path: string): void {
    if (this.#names.has(path)) throw systemError("EEXIST");
    if (this.#names.get(dirname(path)) !== "folder") throw systemError("ENOENT");
  }
}

/** Old, new, cut anywhere on the way, or grown to its new size with nothing but zeros inside. */
function survivor({ content, stored }: SimulatedFile, random: SeededRandom): Uint8Array {
  const grown = content.length - stored.length;
  const isGrowth = grown > 0 && stored.every((byte, index) => content[index] === byte);
  if (!isGrowth) return random.chance(0.5) ? content : stored;
  const cut = stored.length + random.below(grown + 1);
  const choice = random.below(4);
  if (choice === 0) return stored;
  if (choice === 1) return content;
  if (choice === 2) return content.slice(0, cut);
  const lost = Math.max(stored.length, cut - (cut % SECTOR_LENGTH));
  return content.map((byte, index) => (index < lost ? byte : 0));
}
