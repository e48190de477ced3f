// What `json-lines --backend` imports: json-lines itself stays under the Apache License.
import { libsignalBackend } from "@omemo/backend-libsignal";

export default () => libsignalBackend({ license: "AGPL-3.0-only" });
