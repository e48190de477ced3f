import type { CheckCode } from "@omemo/xmpp-client/report";
import type { ServerKind } from "../harness/startServer.js";

/** A server that lacks something: how it comes to that, and what a report has to call it. */
export interface Shortcoming {
  readonly code: CheckCode;
  readonly state: "poor" | "missing";
  /** Commands of sed over the lab's configuration. */
  readonly edits: readonly string[];
}

/** What each server can be made to lack by its configuration. */
export const shortcomings: Readonly<Record<ServerKind, readonly Shortcoming[]>> = {
  prosody: [
    // Bookmarks are kept in it, and bring it along.
    { code: "pep", state: "missing", edits: ['s/"pep"; //', 's/"bookmarks"; //'] },
    { code: "max-items", state: "missing", edits: ["/^VirtualHost /i pep_max_items = 1"] },
    { code: "carbons", state: "missing", edits: ['s/"carbons"; //'] },
    { code: "archive", state: "missing", edits: ['s/"mam"; //'] },
    {
      code: "archive-default",
      state: "missing",
      edits: ["s/^default_archive_policy = true/default_archive_policy = false/"],
    },
    { code: "stream-management", state: "poor", edits: ['s/"smacks"; //'] },
    { code: "rooms", state: "poor", edits: ['/^Component "conference/,$d'] },
    { code: "room-settings", state: "missing", edits: ["/muc_room_default_public_jids/d"] },
    { code: "upload", state: "poor", edits: [] },
    {
      code: "upload-limit",
      state: "poor",
      edits: [
        '$a Component "upload.localhost" "http_file_share"',
        "$a http_file_share_size_limit = 5000000",
      ],
    },
  ],
  ejabberd: [
    { code: "pep", state: "missing", edits: ["/^  mod_pubsub:/,/access_model: whitelist/d"] },
    {
      code: "open-access",
      state: "missing",
      edits: [
        '/force_node_config:/,/access_model: whitelist/c \\    force_node_config: { "urn:x-omemo:probe:*": { access_model: whitelist } }',
      ],
    },
    {
      code: "max-items",
      state: "missing",
      edits: ["s/max_items_node: 1000/max_items_node: 1/"],
    },
    { code: "carbons", state: "missing", edits: ["/^  mod_carboncopy:/d"] },
    { code: "archive", state: "missing", edits: ["/^  mod_mam:/,/compress_xml/d"] },
    { code: "archive-default", state: "missing", edits: ["/default: always/d"] },
    {
      code: "stream-management",
      state: "poor",
      edits: ["/^  mod_stream_mgmt:/,/resume_timeout/d"],
    },
    { code: "rooms", state: "poor", edits: ["/^  mod_muc:/,/^      mam: true/d"] },
    {
      code: "room-settings",
      state: "missing",
      edits: ["/^    default_room_options:/,/^      mam: true/d"],
    },
    { code: "upload", state: "poor", edits: [] },
    {
      code: "upload-limit",
      state: "poor",
      edits: [
        '/^modules:/a \\  mod_http_upload:\\n    put_url: "http://@HOST@:5280/upload"\\n    max_size: 5000000',
      ],
    },
  ],
};
