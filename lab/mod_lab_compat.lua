-- Error codes of the years before RFC 6120, and PEP features on the host: profanity 0.13
-- publishes its device list only after an error that has code="404".
local filters = require "util.filters";

module:add_feature("http://jabber.org/protocol/pubsub#publish-options");
module:add_identity("pubsub", "pep", "Prosody");

local function add_code(stanza)
	if stanza and stanza.attr and stanza.attr.type == "error" then
		local err = stanza:get_child("error");
		if err and err:get_child("item-not-found", "urn:ietf:params:xml:ns:xmpp-stanzas") then
			err.attr.code = "404";
		end
	end
	return stanza;
end

local function hook(session)
	filters.add_filter(session, "stanzas/out", add_code);
end

filters.add_filter_hook(hook);

function module.unload()
	filters.remove_filter_hook(hook);
end
