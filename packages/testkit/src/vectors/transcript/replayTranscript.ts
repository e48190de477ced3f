import { LEGACY, OMEMO_2, type OmemoVersion } from "@omemo/core";
import { hex } from "../compare.js";
import { VectorChecks, type VectorReport } from "../report.js";
import type { ReplayOptions, VectorSubject } from "../subject.js";
import { ReplayParty } from "./replayParty.js";
import type { Transcript } from "./transcript.js";

type Conventions = Omit<ReplayOptions, "randomBytes">;

/** Replays a conversation as each party whose private keys it gives. */
export async function replayTranscript(
  checks: VectorChecks,
  transcript: Transcript,
  subject: VectorSubject,
): Promise<void> {
  const version = transcript.format.includes("legacy") ? LEGACY : OMEMO_2;
  for (const [name, own] of Object.entries(transcript.parties)) {
    if (own.identityPrivate === undefined) {
      checks.skip(`as ${name}`, "its private keys are not given");
    } else {
      checks.add(await replayAs(name, checks.file, transcript, subject, version));
    }
  }
}

/**
 * Only the sender's library decides which of two numbers it sends about its previous chain, so a
 * party is replayed with the usual one of its version first, and with the other if that fails.
 */
async function replayAs(
  name: string,
  file: string,
  transcript: Transcript,
  subject: VectorSubject,
  version: OmemoVersion,
): Promise<VectorReport> {
  const legacyVersionByte = versionByteOf(name, transcript);
  const conventions: readonly Conventions[] = [
    { previousCounter: "last-index", legacyVersionByte },
    { previousCounter: "count", legacyVersionByte },
  ];
  const [usual, other] = version === LEGACY ? conventions : [...conventions].reverse();
  const first = await replayWith(name, file, transcript, subject, version, usual as Conventions);
  if (first.failures.length === 0) return first;
  const second = await replayWith(name, file, transcript, subject, version, other as Conventions);
  return second.failures.length === 0 ? second : first;
}

async function replayWith(
  name: string,
  file: string,
  { parties, steps, finalState }: Transcript,
  subject: VectorSubject,
  version: OmemoVersion,
  conventions: Conventions,
): Promise<VectorReport> {
  const checks = new VectorChecks(file);
  const who = `as ${name}`;
  const peer = Object.entries(parties).find(([other]) => other !== name)?.[1];
  const own = parties[name];
  if (own === undefined || peer === undefined) {
    checks.check(who, "the transcript does not have two parties");
    return checks.report;
  }
  const party = new ReplayParty(subject, version, { own, peer }, conventions);
  for (const [index, step] of steps.entries()) {
    if (step.actor === name) checks.check(`${who}, step ${index}`, await party.run(step));
  }
  const final = finalState?.[name];
  if (final !== undefined) checks.check(`${who}, final state`, party.checkState(final));
  return checks.report;
}

function versionByteOf(name: string, { steps }: Transcript): number {
  const sent = steps.find((step) => step.op === "encrypt" && step.actor === name);
  return (sent?.op === "encrypt" ? hex(sent.message)[0] : undefined) ?? 0x33;
}
