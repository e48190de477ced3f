export { blindTrust } from "./blindTrust.js";
export { manualTrust } from "./manualTrust.js";
