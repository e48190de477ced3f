import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { Gate } from "./gate.ts";

const DOCUMENTS = ["README.md", "packages/*/README.md", "docs/**/*.md", "examples/*/README.md"];

/** Where a newcomer's code would stand: a project that depends on all of a client's packages. */
const NEWCOMER = "examples/hello";
/** The README of a package may also show what the package's own tests use: drivers, for example. */
const PACKAGE = /^packages\/[^/]+/;

/** Folder of the modules, which are never written. */
const PLACE = "documents";

/** Every ```ts block of READMEs and documents compiles, each as a module of its own. */
export const checkDocuments: Gate = async (root) => {
  const blocks = new Map(
    globSync(DOCUMENTS, { cwd: root }).flatMap((document) =>
      codeBlocks(root, document.replaceAll("\\", "/")),
    ),
  );
  const options = compilerOptions(root);
  const program = ts.createProgram([...blocks.keys()], options, hostWith(blocks, options));
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file === undefined || blocks.has(file.fileName))
    .map(describe);
};

/** Path and text of each block; blank lines in front keep the line numbers of the document. */
function codeBlocks(root: string, document: string): readonly (readonly [string, string])[] {
  const text = readFileSync(join(root, document), "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => {
    const line = text.slice(0, match.index).split("\n").length;
    const [folder = NEWCOMER] = PACKAGE.exec(document) ?? [];
    const path = join(root, folder, PLACE, `${document}.${line}.ts`);
    return [path.replaceAll("\\", "/"), "\n".repeat(line) + match[1]] as const;
  });
}

function compilerOptions(root: string): ts.CompilerOptions {
  const path = join(root, "tsconfig.json");
  const { config } = ts.readConfigFile(path, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root, {}, path);
  return {
    ...options,
    moduleDetection: ts.ModuleDetectionKind.Force,
    // A document may leave out what an exported function returns.
    isolatedDeclarations: false,
  };
}

function hostWith(
  blocks: ReadonlyMap<string, string>,
  options: ts.CompilerOptions,
): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  return {
    ...host,
    fileExists: (path) => blocks.has(path) || host.fileExists(path),
    readFile: (path) => blocks.get(path) ?? host.readFile(path),
    getSourceFile: (path, language) => {
      const text = blocks.get(path) ?? host.readFile(path);
      return text === undefined ? undefined : ts.createSourceFile(path, text, language);
    },
  };
}

function describe({ file, start, messageText }: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(messageText, "\n");
  if (!file) return text;
  const [, document = file.fileName] = file.fileName.split(`/${PLACE}/`);
  const { line } = file.getLineAndCharacterOfPosition(start ?? 0);
  return `${document.replace(/\.\d+\.ts$/, "")}:${line + 1}: ${text}`;
}
