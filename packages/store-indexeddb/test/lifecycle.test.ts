import "fake-indexeddb/auto";
import { describe } from "vitest";
import { lifecycleTests } from "./lifecycle.js";

describe("indexedDbStore", lifecycleTests);
