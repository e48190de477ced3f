import type { CheckCode, ConfigurationLine, Remedy } from "./report.js";

const MODULES = "modules_enabled";
const YAML = "modules";

/** Files of 100 MiB, as people send them. */
const FILE_SIZE = 104_857_600;

function enable(prosody: string, ejabberd: string): Remedy {
  return {
    prosody: { where: MODULES, line: `"${prosody}";` },
    ejabberd: { where: YAML, line: ejabberd },
  };
}

const atEnd = (line: string): ConfigurationLine => ({ where: "end of the file", line });
const globally = (line: string): ConfigurationLine => ({ where: "global section", line });
const inModule = (module: string, line: string): ConfigurationLine => ({ where: module, line });

/** What to change in the configuration, by what is wrong; `domain` is the server's. */
export function remedyFor(code: CheckCode, domain: string): Remedy {
  switch (code) {
    case "pep":
      return enable("pep", "mod_pubsub: { plugins: [flat, pep] }");
    case "publish-options":
      return enable("pep", "mod_pubsub: { plugins: [flat, pep] }");
    case "open-access":
      return {
        prosody: { where: MODULES, line: `"pep";` },
        ejabberd: inModule("mod_pubsub", "force_node_config: {}"),
      };
    case "persistent-items":
      return {
        prosody: globally(`storage = "internal"`),
        ejabberd: inModule("mod_pubsub", "force_node_config: {}"),
      };
    case "max-items":
      return {
        prosody: globally("pep_max_items = 256"),
        ejabberd: inModule("mod_pubsub", "max_items_node: 1000"),
      };
    case "carbons":
      return enable("carbons", "mod_carboncopy: {}");
    case "archive":
      return enable("mam", "mod_mam: { default: always }");
    case "archive-default":
      return {
        prosody: globally("default_archive_policy = true"),
        ejabberd: inModule("mod_mam", "default: always"),
      };
    case "stream-management":
      return enable("smacks", "mod_stream_mgmt: {}");
    default:
      return remedyOfService(code, domain);
  }
}

type OfServices = Extract<CheckCode, "rooms" | "room-settings" | "upload" | "upload-limit">;

function remedyOfService(code: OfServices, domain: string): Remedy {
  switch (code) {
    case "rooms":
      return {
        prosody: atEnd(`Component "conference.${domain}" "muc"`),
        ejabberd: { where: YAML, line: `mod_muc: { host: "conference.@HOST@" }` },
      };
    case "room-settings":
      return {
        prosody: inModule(
          `Component "conference.${domain}" "muc"`,
          "muc_room_default_public_jids = true; muc_room_default_members_only = true",
        ),
        ejabberd: inModule(
          "mod_muc",
          "default_room_options: { anonymous: false, members_only: true, mam: true }",
        ),
      };
    case "upload":
      return {
        prosody: atEnd(`Component "upload.${domain}" "http_file_share"`),
        ejabberd: {
          where: YAML,
          line: `mod_http_upload: { put_url: "https://@HOST@:5443/upload", max_size: ${FILE_SIZE} }`,
        },
      };
    case "upload-limit":
      return {
        prosody: inModule(
          `Component "upload.${domain}" "http_file_share"`,
          `http_file_share_size_limit = ${FILE_SIZE}`,
        ),
        ejabberd: inModule("mod_http_upload", `max_size: ${FILE_SIZE}`),
      };
  }
}
