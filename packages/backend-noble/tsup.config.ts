import { packageConfig } from "../dev/tsup.ts";

export default packageConfig();
