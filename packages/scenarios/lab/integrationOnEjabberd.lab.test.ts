import { describeSettings } from "./integration/describeSettings.js";
import { embeddedStores, settingsOver } from "./integration/setting.js";

describeSettings("ejabberd", settingsOver(embeddedStores));
