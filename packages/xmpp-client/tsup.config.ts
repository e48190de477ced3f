// @boundaries-ignore the one build is shared by path, so that no published manifest names it
import { packageConfig } from "../dev/tsup.ts";

export default packageConfig(["src/index.ts", "src/report/index.ts"]);
