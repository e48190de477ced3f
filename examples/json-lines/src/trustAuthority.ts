import { readFileSync } from "node:fs";
import * as tls from "node:tls";
import { UsageError } from "./usageError.js";

/**
 * Believes the authority in a PEM file from now on, beside the usual ones. `@xmpp/client` takes no
 * options for its TLS connections, so this is done for the whole process.
 * @throws UsageError when the file cannot be read, or Node is older than 22.19 and 24.5.
 */
export function trustAuthority(file: string): void {
  if (!("setDefaultCACertificates" in tls)) {
    throw new UsageError("--ca needs Node 22.19 or 24.5; here set NODE_EXTRA_CA_CERTS instead");
  }
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), readPem(file)]);
}

function readPem(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`--ca cannot be read: ${error}`);
  }
}
