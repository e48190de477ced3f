import { defineConfig, type Options } from "tsup";

/** The one build of every published package: ESM and CJS, each with its own declarations. */
export function packageConfig(
  entry: readonly string[] = ["src/index.ts"],
  special: Options = {},
): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: [...entry],
    format: ["esm", "cjs"],
    dts: true,
    sourcemap: true,
    clean: true,
    target: "es2022",
    platform: "neutral",
    external: [/^node:/],
    treeshake: true,
    // tsup strips `node:` by default, which would turn `node:sqlite` into a package name.
    removeNodeProtocol: false,
    ...special,
  });
}
