import { parseArgs } from "node:util";
import { LEGACY, OMEMO_2, type OmemoVersion, parseBareJid } from "@omemo/core";
import { parseTrustChoice, type TrustChoice } from "./trust/trustChoice.js";
import { UsageError } from "./usageError.js";

/** What the command line and the environment ask for. */
export interface Options {
  readonly jid: string;
  readonly username: string;
  readonly domain: string;
  readonly password: string;
  readonly resource: string;
  /** A URI, or a domain whose servers DNS names. */
  readonly service: string;
  /** PEM file of an authority to believe beside the usual ones. */
  readonly ca: string | undefined;
  /** File that keeps keys, sessions and undelivered messages; in memory when absent. */
  readonly state: string | undefined;
  /** Module to import, which opens the state in place of a file. */
  readonly storeModule: string | undefined;
  /** `noble`, or a module to import. */
  readonly backend: string;
  /** All that the backend speaks when absent. */
  readonly versions: readonly OmemoVersion[] | undefined;
  readonly trust: TrustChoice;
  readonly label: string | undefined;
  /** Age in ms at which the signed prekey is replaced. */
  readonly rotation: number | undefined;
  readonly echo: boolean;
  readonly verbose: boolean;
}

const VERSIONS: Readonly<Record<string, readonly OmemoVersion[]>> = {
  omemo2: [OMEMO_2],
  legacy: [LEGACY],
  both: [OMEMO_2, LEGACY],
};

const text = { type: "string" } as const;
const flag = { type: "boolean", default: false } as const;

function parseCommandLine(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        jid: text,
        password: text,
        resource: { ...text, default: "json-lines" },
        service: text,
        host: text,
        port: text,
        tls: text,
        ca: text,
        state: text,
        store: text,
        "store-module": text,
        backend: { ...text, default: "noble" },
        ns: text,
        trust: { ...text, default: "blind" },
        label: text,
        rotate: text,
        "sign-bit": text,
        echo: flag,
        verbose: flag,
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

type Given = ReturnType<typeof parseCommandLine>;

/**
 * The options in `argv`, without the program's name; the password may also come as XMPP_PASSWORD.
 * @throws UsageError for options that are unknown, missing, contradictory or impossible.
 */
export function parseOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Options {
  const given = parseCommandLine(argv);
  const jid = parseBareJid(required(given.jid, "--jid"));
  const [username, domain] = jid?.split("@") ?? [];
  if (jid === undefined || username === undefined || domain === undefined) {
    throw new UsageError("--jid is not the address of an account, such as juliet@example.org");
  }
  const service = serviceOf(given, domain);
  checkTls(given.tls, service);
  if (given["sign-bit"] === "1") {
    throw new UsageError("--sign-bit 1 is not possible: our identity keys have sign bit 0");
  }
  return {
    jid,
    username,
    domain,
    password: required(given.password ?? env.XMPP_PASSWORD, "--password or XMPP_PASSWORD"),
    resource: given.resource,
    service,
    ca: given.ca,
    state: stateOf(given),
    storeModule: given["store-module"],
    backend: given.backend,
    versions: given.ns === undefined ? undefined : VERSIONS[oneOf(given.ns, "--ns", VERSION_NAMES)],
    trust: parseTrustChoice(given.trust),
    label: given.label,
    rotation: given.rotate === undefined ? undefined : 1000 * wholeNumber(given.rotate, "--rotate"),
    echo: given.echo,
    verbose: given.verbose,
  };
}

const VERSION_NAMES: readonly string[] = Object.keys(VERSIONS);

function serviceOf({ service, host, port }: Given, domain: string): string {
  if (service !== undefined && (host ?? port) !== undefined) {
    throw new UsageError("give either --service or --host and --port");
  }
  if (service !== undefined) {
    if (/^(xmpps?|wss?):\/\/[^/]/.test(service)) return service;
    throw new UsageError("--service is not a URI that starts with xmpp, xmpps, ws or wss");
  }
  if ((host ?? port) === undefined) return domain;
  return `xmpp://${host ?? "127.0.0.1"}:${wholeNumber(port ?? "5222", "--port")}`;
}

/** The scheme of the service decides; this option can only agree with it. */
function checkTls(tls: string | undefined, service: string): void {
  if (tls === undefined) return;
  const isPlain = service.startsWith("ws://");
  if (oneOf(tls, "--tls", ["on", "off"]) === "on" && isPlain) {
    throw new UsageError("--tls on contradicts ws://, which has none: use wss://");
  }
  if (tls === "off" && !isPlain) {
    throw new UsageError("--tls off is possible with ws:// only: elsewhere TLS is always taken");
  }
}

function stateOf({ state, store }: Given): string | undefined {
  if (state !== undefined && store !== undefined) {
    throw new UsageError("--state and --store are two names of one option");
  }
  return state ?? store;
}

function required(value: string | undefined, name: string): string {
  if (value === undefined || value === "") throw new UsageError(`${name} is missing`);
  return value;
}

function oneOf<Value extends string>(
  value: string,
  name: string,
  allowed: readonly Value[],
): Value {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new UsageError(`${name} is one of: ${allowed.join(", ")}`);
  return found;
}

function wholeNumber(value: string, name: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 0x7fff_ffff) {
    throw new UsageError(`${name} is not a whole number above 0`);
  }
  return number;
}
