import { LEGACY, OMEMO_2 } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { parseOptions } from "../src/options.js";
import { UsageError } from "../src/usageError.js";

const ACCOUNT = ["--jid", "juliet@example.org", "--password", "secret"];

function parse(...argv: string[]) {
  return parseOptions([...ACCOUNT, ...argv], {});
}

describe("the command line", () => {
  it("needs nothing but an account, and finds its server by DNS", () => {
    expect(parse()).toEqual({
      jid: "juliet@example.org",
      username: "juliet",
      domain: "example.org",
      password: "secret",
      resource: "json-lines",
      service: "example.org",
      ca: undefined,
      state: undefined,
      backend: "noble",
      versions: undefined,
      trust: { policy: "blind" },
      label: undefined,
      rotation: undefined,
      echo: false,
      verbose: false,
    });
  });

  it("takes the password from the environment, where other users do not see it", () => {
    const options = parseOptions(["--jid", "a@b"], { XMPP_PASSWORD: "hidden" });
    expect(options.password).toBe("hidden");
  });

  it("names the versions as twomemo_peer.py does", () => {
    expect(parse("--ns", "omemo2").versions).toEqual([OMEMO_2]);
    expect(parse("--ns", "legacy").versions).toEqual([LEGACY]);
    expect(parse("--ns", "both").versions).toEqual([OMEMO_2, LEGACY]);
  });

  it("takes a service, or a host and a port", () => {
    expect(parse("--service", "wss://example.org/ws").service).toBe("wss://example.org/ws");
    expect(parse("--port", "15222").service).toBe("xmpp://127.0.0.1:15222");
    expect(parse("--host", "xmpp.example.org").service).toBe("xmpp://xmpp.example.org:5222");
  });

  it("keeps the state under either name of the option", () => {
    expect(parse("--state", "file").state).toBe("file");
    expect(parse("--store", "file").state).toBe("file");
  });

  it("takes a module that opens the state", () => {
    expect(parse().storeModule).toBeUndefined();
    expect(parse("--store-module", "./sql.js", "--state", "db").storeModule).toBe("./sql.js");
  });

  it("takes a policy, and whom it is about", () => {
    expect(parse("--trust", "btbv").trust).toEqual({ policy: "btbv" });
    expect(parse("--trust", "verified-only").trust).toEqual({ policy: "verified-only" });
    const whom = "romeo@example.net,example.org";
    expect(parse("--trust", `allow-list:${whom}`).trust).toEqual({ policy: "allow-list", whom });
    expect(parse("--trust", "pinned:C:\\keys.json").trust).toMatchObject({ whom: "C:\\keys.json" });
  });

  it("counts the rotation in seconds", () => {
    expect(parse("--rotate", "60").rotation).toBe(60_000);
  });

  it.each([
    [["--jid", "not an address"], "--jid"],
    [["--jid", "example.org"], "--jid"],
    [["--password", ""], "--password"],
    [["--ns", "otr"], "omemo2, legacy, both"],
    [["--trust", "friends"], "manual, always-ask, blind, tofu, btbv, atm, allow-list"],
    [["--trust", "allow-list"], "addresses or a file"],
    [["--trust", "pinned:"], "addresses or a file"],
    [["--trust", "verified-only:"], "addresses or a file"],
    [["--trust", "tofu:romeo@example.net"], "takes nothing"],
    [["--service", "http://example.org"], "--service"],
    [["--service", "ws://example.org", "--port", "5222"], "either"],
    [["--port", "http"], "--port"],
    [["--rotate", "0"], "--rotate"],
    [["--state", "a", "--store", "b"], "one option"],
    [["--tls", "off"], "ws://"],
    [["--tls", "on", "--service", "ws://example.org"], "wss://"],
    [["--sign-bit", "1"], "sign bit 0"],
    [["--envelope", "plain"], "envelope"],
    [["more"], "more"],
  ])("refuses %j with a reason", (argv, reason) => {
    const attempt = () => parse(...argv);
    expect(attempt).toThrow(UsageError);
    expect(attempt).toThrow(reason);
  });

  it("accepts what says no more than the service itself", () => {
    expect(parse("--tls", "on").service).toBe("example.org");
    expect(parse("--tls", "off", "--service", "ws://localhost").service).toBe("ws://localhost");
    expect(parse("--sign-bit", "0").jid).toBe("juliet@example.org");
  });
});
