import { describe } from "vitest";
import { lifecycleTests } from "./lifecycle.js";

describe("indexedDbStore in a browser", lifecycleTests);
