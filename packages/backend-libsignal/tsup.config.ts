// @boundaries-ignore the one build is shared by path, so that no published manifest names it
import { packageConfig } from "../dev/tsup.ts";

export default packageConfig([], {
  // A thread is started on the second one, which therefore lies beside the first.
  entry: { index: "src/index.ts", openMessage: "src/library/openMessage.ts" },
  platform: "node",
  // Lets the CommonJS build know where it is.
  shims: true,
});
