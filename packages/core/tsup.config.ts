// @boundaries-ignore the one build is shared by path, so that no published manifest names it
import { packageConfig } from "../dev/tsup.ts";
import manifest from "./package.json" with { type: "json" };

export default packageConfig(
  ["src/index.ts", "src/wire/index.ts", "src/backup/index.ts", "src/trace/index.ts"],
  { define: { OMEMO_CORE_VERSION: JSON.stringify(manifest.version) } },
);
