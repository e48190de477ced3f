import type { XmlElement } from "../../domain/xmlElement.js";
import { xml } from "../xml/element.js";
import { childOf, childrenOf, type QualifiedElement, textOf } from "../xml/qualify.js";
import { transportNamespaces } from "./namespaces.js";

/** Values of a form by field; the order of fields means nothing. */
export type FormFields = Readonly<Record<string, readonly string[]>>;

/** A filled form, XEP-0004 §3.2. */
export function submitForm(formType: string, fields: FormFields): XmlElement {
  return xml(
    "x",
    { xmlns: transportNamespaces.forms, type: "submit" },
    xml("field", { var: "FORM_TYPE", type: "hidden" }, xml("value", {}, formType)),
    ...Object.entries(fields).map(([name, values]) =>
      xml("field", { var: name }, ...values.map((value) => xml("value", {}, value))),
    ),
  );
}

/** Fields that a form offers, with the values they have now; `undefined` without a form. */
export function readForm(parent: QualifiedElement): FormFields | undefined {
  const form = childOf(parent, "x", transportNamespaces.forms);
  if (form === undefined) return undefined;
  const entries = childrenOf(form, "field").flatMap((field) => {
    const name = field.attrs.var;
    if (name === undefined || name === "FORM_TYPE" || field.attrs.type === "fixed") return [];
    return [[name, childrenOf(field, "value").map(textOf)] as const];
  });
  return Object.fromEntries(entries);
}
