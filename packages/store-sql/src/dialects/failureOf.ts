/** What the drivers say about an error, each in its own way; all of it may be missing. */
export interface DriverFailure {
  /** `SQLITE_BUSY`, `40001`, `ER_LOCK_DEADLOCK`, `ECONNRESET`. */
  readonly code: string;
  /** The number of node:sqlite and of mysql2. */
  readonly number: number | undefined;
  /** mysql2: the connection is gone with it. */
  readonly isFatal: boolean;
  readonly message: string;
}

export function failureOf(error: unknown): DriverFailure {
  const fields: Readonly<Record<string, unknown>> =
    typeof error === "object" && error !== null ? { ...error } : {};
  // Some drivers define these where a copy does not see them.
  const own = error instanceof Error && "code" in error ? error.code : fields.code;
  const number = fields.errcode ?? fields.errno;
  return {
    code: typeof own === "string" ? own : "",
    number: typeof number === "number" ? number : undefined,
    isFatal: fields.fatal === true,
    message: error instanceof Error ? error.message : String(error),
  };
}
