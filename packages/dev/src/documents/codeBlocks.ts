import { existsSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { Document } from "./documents.ts";

/** Where a newcomer's code would stand: a project that depends on all of a client's packages. */
const NEWCOMER = "examples/hello";
/** What is about one package may also show what its own tests use: drivers, for example. */
const OF_PACKAGE = /^(?:packages|docs\/how-to)\/([^/.]+)/;

/** Folder of the modules, which are never written. */
const PLACE = "documents";

/** Every ```ts block of the documents compiles, each as a module of its own. */
export function compileBlocks(root: string, documents: readonly Document[]): readonly string[] {
  const blocks = new Map(documents.flatMap((document) => codeBlocks(root, document)));
  const options = compilerOptions(root);
  const program = ts.createProgram([...blocks.keys()], options, hostWith(blocks, options));
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file === undefined || blocks.has(file.fileName))
    .map(describe);
}

/** Path and text of each block; blank lines in front keep the line numbers of the document. */
function codeBlocks(
  root: string,
  { path, text }: Document,
): readonly (readonly [string, string])[] {
  const folder = folderFor(root, path);
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => {
    const line = text.slice(0, match.index).split("\n").length;
    const module = join(root, folder, PLACE, `${path}.${line}.ts`);
    return [module.replaceAll("\\", "/"), "\n".repeat(line) + match[1]] as const;
  });
}

function folderFor(root: string, path: string): string {
  const folder = `packages/${OF_PACKAGE.exec(path)?.[1]}`;
  return existsSync(join(root, folder)) ? folder : NEWCOMER;
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
