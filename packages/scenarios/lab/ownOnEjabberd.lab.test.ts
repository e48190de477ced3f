import { describePairing } from "./describePairing.js";
import { ownPairings } from "./pairings.js";

for (const pairing of ownPairings) describePairing("ejabberd", pairing);
