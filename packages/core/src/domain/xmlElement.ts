/**
 * An XML element as it crosses the transport port: names as written, namespace declarations among
 * the attributes (`xmlns`), text as unescaped strings. No library's class ever crosses the port.
 */
export interface XmlElement {
  readonly name: string;
  readonly attrs: Readonly<Record<string, string>>;
  readonly children: readonly (XmlElement | string)[];
}
