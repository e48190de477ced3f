import { describePairing } from "./describePairing.js";
import { licensedPairings } from "./pairings.js";

for (const pairing of licensedPairings) describePairing("ejabberd", pairing);
