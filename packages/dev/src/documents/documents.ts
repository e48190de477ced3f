import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Gate } from "../gate.ts";
import { compileBlocks } from "./codeBlocks.ts";
import { followLinks } from "./links.ts";

const DOCUMENTS = ["*.md", "packages/*/*.md", "docs/**/*.md", "examples/*/README.md"];

/** A file of prose, by its path from the root, with forward slashes. */
export interface Document {
  readonly path: string;
  readonly text: string;
}

/** What documents show compiles, and what they point to is there. */
export const checkDocuments: Gate = async (root) => {
  const documents = globSync(DOCUMENTS, { cwd: root }).map((path) => ({
    path: path.replaceAll("\\", "/"),
    text: readFileSync(join(root, path), "utf8"),
  }));
  return [...compileBlocks(root, documents), ...followLinks(root, documents)];
};
