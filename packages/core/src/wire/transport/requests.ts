import type { XmlElement } from "../../domain/xmlElement.js";
import type { RequestName, TransportRequest } from "../../ports/transport.js";
import { detach } from "../xml/detach.js";
import { xml } from "../xml/element.js";
import { elementsOf, qualify } from "../xml/qualify.js";
import { type IqCall, resultOf } from "./iq.js";
import { transportNamespaces } from "./namespaces.js";

/** A request to another client over an adapter's call: what the result carries, by itself. */
export async function requestOverIq(
  iq: IqCall,
  { to, type, payload }: TransportRequest,
  signal?: AbortSignal,
): Promise<XmlElement | undefined> {
  const result = resultOf(await iq(xml("iq", { type, to }, payload), signal), `ask ${to}`);
  const [answer] = elementsOf(result);
  return answer && detach(answer);
}

/** Whether it is a request that carries this one element and nothing else (RFC 6120 §8.2.3). */
export function isRequestFor({ name, namespace }: RequestName, stanza: XmlElement): boolean {
  const iq = qualify(stanza);
  const [payload, ...others] = elementsOf(iq);
  const isRequest = iq.name === "iq" && (iq.attrs.type === "get" || iq.attrs.type === "set");
  const isNamed = payload?.name === name && payload.namespace === namespace;
  return isRequest && isNamed && others.length === 0;
}

/** The answer to a request: its result with what a handler gave, or an error when it gave one. */
export function answerTo(request: XmlElement, given: XmlElement | undefined): XmlElement {
  const { from, id } = request.attrs;
  const isError = given?.name === "error";
  const attrs = { type: isError ? "error" : "result", to: from, id };
  return xml("iq", attrs, ...(given === undefined ? [] : [given]));
}

/** An `<error/>` that says why a request is not fulfilled (RFC 6120 §8.3). */
export function stanzaError(
  condition: string,
  type: "auth" | "cancel" | "modify" | "wait",
): XmlElement {
  return xml("error", { type }, xml(condition, { xmlns: transportNamespaces.stanzas }));
}
