import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LEGACY } from "@omemo/core";
import ts from "typescript";
import { describe, expect, it, onTestFinished } from "vitest";
import { type LibsignalBackendOptions, libsignalBackend } from "../src/index.js";
import { installedVersion, requirePinned } from "../src/library/installedVersion.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** What the compiler says about programs that call the backend, by their name. */
function compile(programs: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const folder = join(root, "packages/backend-libsignal/test/fixtures");
  const paths = new Map(
    Object.entries(programs).map(([name, call]) => [
      join(folder, `${name}.ts`).replaceAll("\\", "/"),
      `import { libsignalBackend } from "@omemo/backend-libsignal";\nexport const backend = ${call};\n`,
    ]),
  );
  const config = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const given = { ...options, isolatedDeclarations: false, noEmit: true };
  const host = ts.createCompilerHost(given);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => paths.has(path) || fileExists(path);
  host.getSourceFile = (path, language, ...rest) => {
    const text = paths.get(path);
    return text === undefined
      ? getSourceFile(path, language, ...rest)
      : ts.createSourceFile(path, text, language);
  };
  const program = ts.createProgram([...paths.keys()], given, host);
  return new Map(
    [...paths.keys()].map((path, index) => [
      Object.keys(programs)[index] ?? "",
      program
        .getSemanticDiagnostics(program.getSourceFile(path))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))
        .join("\n"),
    ]),
  );
}

describe("libsignalBackend", () => {
  it("is constructed by whoever writes the licence out, and speaks the legacy version alone", () => {
    const backend = libsignalBackend({ license: "AGPL-3.0-only" });
    expect(backend.id).toBe("libsignal");
    expect(backend.versions).toEqual([LEGACY]);
  });

  it.each([undefined, {}, { license: true }, { license: "AGPL-3.0" }, { license: "MIT" }])(
    "is not constructed with %j",
    (options) => {
      expect(() => libsignalBackend(options as LibsignalBackendOptions)).toThrow(
        expect.objectContaining({
          code: "invalid-input",
          message: expect.stringContaining("AGPL"),
        }),
      );
    },
  );

  it("does not compile without the licence written out", () => {
    const said = compile({
      accepted: 'libsignalBackend({ license: "AGPL-3.0-only" })',
      nothing: "libsignalBackend()",
      empty: "libsignalBackend({})",
      other: 'libsignalBackend({ license: "Apache-2.0" })',
      anyText: 'libsignalBackend({ license: String("AGPL-3.0-only") })',
      anyTruth: "libsignalBackend({ license: true })",
    });
    expect(said.get("accepted")).toBe("");
    expect(said.get("nothing")).toContain("Expected 1 arguments");
    expect(said.get("empty")).toContain("'license' is missing");
    for (const name of ["other", "anyText", "anyTruth"]) {
      expect(said.get(name)).toContain(`is not assignable to type '"AGPL-3.0-only"'`);
    }
  });
});

describe("the version of the library", () => {
  /** A module beside which another version is installed. */
  function beside(version: string | undefined): string {
    const folder = mkdtempSync(join(tmpdir(), "omemo-libsignal-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const library = join(folder, "node_modules/@signalapp/libsignal-client");
    mkdirSync(library, { recursive: true });
    writeFileSync(join(library, "package.json"), JSON.stringify({ version }));
    return join(folder, "index.js");
  }

  it("is the one that this code was made for", () => {
    expect(installedVersion(import.meta.url)).toBe("0.23.1");
    expect(installedVersion(beside("0.23.1"))).toBe("0.23.1");
    expect(() => requirePinned("0.23.1")).not.toThrow();
  });

  it.each(["0.23.0", "0.24.0", "0.72.1", "0.103.0"])("is refused when it is %s", (version) => {
    const installed = installedVersion(beside(version));
    expect(() => requirePinned(installed)).toThrow(
      expect.objectContaining({
        code: "invalid-input",
        message: expect.stringMatching(new RegExp(`0\\.23\\.1 alone, and ${version} is installed`)),
      }),
    );
  });

  it("is refused when it does not tell", () => {
    const installed = installedVersion(beside(undefined));
    expect(() => requirePinned(installed)).toThrow(
      /an? unknown version|unknown version is installed/,
    );
  });
});
