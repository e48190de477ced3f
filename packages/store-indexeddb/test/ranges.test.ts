import "fake-indexeddb/auto";
import { describe } from "vitest";
import { rangeTests } from "./ranges.js";

describe("reading in ranges", rangeTests);
