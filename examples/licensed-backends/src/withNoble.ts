import { nobleBackend } from "@omemo/backend-noble";
import { greet } from "./greet.ts";

// Apache-2.0: nothing is asked of the program around it but to keep the notices.
const backend = nobleBackend();

console.log(await greet(backend));
