import { backendContract } from "@omemo/testkit";
import { describe, it } from "vitest";
import { libsignalBackend } from "../src/index.js";

backendContract({ describe, it }, () => libsignalBackend({ license: "AGPL-3.0-only" }));
