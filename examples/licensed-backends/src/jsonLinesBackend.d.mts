import type { OmemoBackend } from "@omemo/core";

declare const chooseBackend: () => OmemoBackend;
export default chooseBackend;
