import { describeSettings } from "./integration/describeSettings.js";
import { embeddedAndShared, settingsOver } from "./integration/setting.js";

describeSettings("ejabberd", settingsOver(embeddedAndShared));
