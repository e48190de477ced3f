import { checkFile } from "./files/checkFile.js";
import { joinReports, VectorChecks, type VectorReport } from "./report.js";
import type { VectorSubject } from "./subject.js";

/** A file of vectors: its name for the report, and its text. */
export interface VectorFile {
  readonly name: string;
  /** JSON, UTF-8. */
  readonly text: string;
}

/**
 * Runs every vector of every file against every subject. The `format` inside a file says what it
 * is; one that nobody knows is a failure, because its vectors were not looked at.
 */
export async function runVectors(
  files: readonly VectorFile[],
  subjects: readonly VectorSubject[],
): Promise<VectorReport> {
  const reports: VectorReport[] = [];
  for (const file of files) {
    for (const subject of subjects) reports.push(await runFile(file, subject));
  }
  return joinReports(reports);
}

async function runFile({ name, text }: VectorFile, subject: VectorSubject): Promise<VectorReport> {
  const checks = new VectorChecks(`${name} (${subject.name})`);
  try {
    await checkFile(checks, JSON.parse(text), subject);
  } catch (error) {
    checks.check("the file", error instanceof Error ? error.message : "cannot be read");
  }
  return checks.report;
}
