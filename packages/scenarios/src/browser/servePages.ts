import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** An origin on this machine, with an empty page that runs one script. */
export interface PageServer {
  readonly address: string;
  close(): Promise<void>;
}

const PAGE = '<!doctype html><title>OMEMO</title><script type="module" src="/script.js"></script>';

/** Serves the script at `source`, made one file from the sources that the tests run on. */
export async function servePages(source: URL): Promise<PageServer> {
  const script = await compile(source);
  const server = createServer(({ url }, response) => {
    const isScript = url === "/script.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : PAGE);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function compile(source: URL): Promise<Uint8Array> {
  const repository = new URL("../../../../", import.meta.url);
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(source)],
    tsconfig: fileURLToPath(new URL("tsconfig.json", repository)),
    alias: {
      // The tests of Node resolve it to the half with native primitives.
      "@omemo/backend-noble": fileURLToPath(
        new URL("packages/backend-noble/src/index.ts", repository),
      ),
    },
    bundle: true,
    platform: "browser",
    format: "esm",
    target: "es2022",
    write: false,
    logLevel: "warning",
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}
