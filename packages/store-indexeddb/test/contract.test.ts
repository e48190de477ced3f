import "fake-indexeddb/auto";
import { storeContract } from "@omemo/testkit";
import { describe, it } from "vitest";
import { freshStore } from "./freshStore.js";

storeContract({ describe, it }, freshStore);
