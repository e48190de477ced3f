import { packageConfig } from "../dev/tsup.ts";

export default packageConfig(["src/index.ts", "src/wire/index.ts"]);
