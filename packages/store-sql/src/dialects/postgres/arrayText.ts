/**
 * An array as PostgreSQL writes one. Texts have no NUL: what has one is not stored as text.
 */
export function arrayText(values: readonly (string | number | null)[]): string {
  const items = values.map((value) => {
    if (value === null) return "NULL";
    return typeof value === "number" ? String(value) : quoted(value);
  });
  return `{${items.join(",")}}`;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
