import { persistentStores } from "../src/stores/stores.js";
import { describeSettings } from "./integration/describeSettings.js";
import { settingsOver } from "./integration/setting.js";

describeSettings("ejabberd", settingsOver(persistentStores));
