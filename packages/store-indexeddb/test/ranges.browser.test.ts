import { describe } from "vitest";
import { rangeTests } from "./ranges.js";

describe("reading in ranges in a browser", rangeTests);
