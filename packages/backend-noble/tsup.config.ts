import { packageConfig } from "../dev/tsup.ts";

export default packageConfig(["src/index.ts", "src/index.node.ts", "src/testing.ts"]);
