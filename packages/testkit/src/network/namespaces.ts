export const STANZA_ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas";
export const HINTS = "urn:xmpp:hints";
export const CARBONS = "urn:xmpp:carbons:2";
export const DELAY = "urn:xmpp:delay";
export const STANZA_ID = "urn:xmpp:sid:0";
export const EME = "urn:xmpp:eme:0";
export const MUC = "http://jabber.org/protocol/muc";
export const MUC_USER = "http://jabber.org/protocol/muc#user";
