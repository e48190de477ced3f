/** One line of output: `ev` names what happened. */
export interface JsonEvent {
  readonly ev: string;
  readonly [field: string]: unknown;
}

/** Writes an event; resolves when the line was handed over. */
export type Emit = (event: JsonEvent) => Promise<void>;

/** The part of a writable stream that is used. */
export interface Output {
  write(text: string, written: (error?: Error | null) => void): unknown;
}

/** Rejects when the line could not be written: whatever it told of was not taken over then. */
export function emitTo(output: Output): Emit {
  return (event) =>
    new Promise((resolve, reject) => {
      output.write(`${JSON.stringify(event)}\n`, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
}
