import { toUtf8 } from "../../domain/bytes.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import type { WebCrypto } from "../../ports/surroundings.js";
import { toBase64 } from "../base64.js";
import { xml } from "../xml/element.js";
import { transportNamespaces } from "./namespaces.js";

/** What a client says about itself (XEP-0030): one identity without language, and features. */
export interface EntityInfo {
  readonly category: string;
  readonly type: string;
  readonly name?: string;
  readonly features: readonly string[];
}

/** The announcement of an {@link EntityInfo} (XEP-0115), and the answer to those who ask for it. */
export interface EntityCaps {
  /** Goes into every available presence [PEP-01]. */
  readonly announcement: XmlElement;
  /** Answers disco#info; `node` as in the question. */
  describe(node: string | undefined): XmlElement;
}

/** Caps under the URI `node`, which names the software. SHA-1 is what the protocol fixes. */
export async function entityCaps(
  node: string,
  info: EntityInfo,
  crypto: WebCrypto,
): Promise<EntityCaps> {
  const features = [...new Set(info.features)].sort(byOctets);
  const { category, type, name } = info;
  const text = `${[`${category}/${type}//${name ?? ""}`, ...features].join("<")}<`;
  const hash = await crypto.subtle.digest("SHA-1", toUtf8(text));
  const ver = toBase64(new Uint8Array(hash));
  return {
    announcement: xml("c", { xmlns: transportNamespaces.caps, hash: "sha-1", node, ver }),
    describe: (asked) =>
      xml(
        "query",
        { xmlns: transportNamespaces.discoInfo, node: asked },
        xml("identity", { category, type, name }),
        ...features.map((feature) => xml("feature", { var: feature })),
      ),
  };
}

/** XEP-0115 §5.1 sorts by the octets of UTF-8, which is the order of code points. */
function byOctets(a: string, b: string): number {
  const [left, right] = [toUtf8(a), toUtf8(b)];
  const at = left.findIndex((byte, index) => byte !== right[index]);
  return at === -1 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1);
}
