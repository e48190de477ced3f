import { libsignalBackend } from "@omemo/backend-libsignal";
import { greet } from "./greet.ts";

// AGPL-3.0-only: the whole program is, and so is what others use of it over a network.
const backend = libsignalBackend({ license: "AGPL-3.0-only" });

console.log(await greet(backend));
