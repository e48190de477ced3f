import omemo
from slixmpp.exceptions import IqError, IqTimeout

from peer.wire import CODECS, LISTS, OMEMO_2, bundle_address, emit, text

# Some servers say "forbidden" for what is not there.
ABSENT = ("item-not-found", "forbidden", "service-unavailable")


def make_manager(peer):
    """The class python-omemo wants, with this connection closed over."""

    class Manager(omemo.SessionManager):
        @staticmethod
        async def _upload_bundle(bundle):
            node, item = bundle_address(bundle.namespace, bundle.device_id)
            payload = CODECS[bundle.namespace].serialize_bundle(bundle)
            try:
                await peer.publish(node, item, payload, many=bundle.namespace == OMEMO_2)
            except (IqError, IqTimeout) as err:
                raise omemo.BundleUploadFailed() from err

        @staticmethod
        async def _download_bundle(namespace, bare_jid, device_id):
            node, item = bundle_address(namespace, device_id)
            try:
                element = await peer.fetch(bare_jid, node, item if namespace == OMEMO_2 else None)
            except IqError as err:
                if err.condition in ABSENT:
                    raise omemo.BundleNotFound() from err
                raise omemo.BundleDownloadFailed() from err
            except IqTimeout as err:
                raise omemo.BundleDownloadFailed() from err
            if element is None:
                raise omemo.BundleNotFound()
            try:
                return CODECS[namespace].parse_bundle(element, bare_jid, device_id)
            except Exception as err:
                emit("invalid", what="bundle", ns=namespace, jid=bare_jid, device=device_id,
                     error=str(err), xml=text(element))
                raise omemo.BundleDownloadFailed() from err

        @staticmethod
        async def _delete_bundle(namespace, device_id):
            node, item = bundle_address(namespace, device_id)
            try:
                if namespace == OMEMO_2:
                    await peer.retract(node, item)
                else:
                    await peer.delete_node(node)
            except IqError as err:
                if err.condition != "item-not-found":
                    raise omemo.BundleDeletionFailed() from err

        @staticmethod
        async def _upload_device_list(namespace, device_list):
            payload = CODECS[namespace].serialize_device_list(device_list)
            try:
                await peer.publish(LISTS[namespace], "current", payload)
            except (IqError, IqTimeout) as err:
                raise omemo.DeviceListUploadFailed() from err

        @staticmethod
        async def _download_device_list(namespace, bare_jid):
            try:
                element = await peer.fetch(bare_jid, LISTS[namespace])
            except IqError as err:
                if err.condition in ABSENT:
                    return {}
                raise omemo.DeviceListDownloadFailed() from err
            except IqTimeout as err:
                raise omemo.DeviceListDownloadFailed() from err
            return {} if element is None else peer.parse_list(namespace, bare_jid, element)

        async def _evaluate_custom_trust_level(self, device):
            return omemo.TrustLevel(device.trust_level_name)

        async def _make_trust_decision(self, undecided, identifier):
            if peer.args.trust != "blind":
                names = ", ".join(device.bare_jid for device in undecided)
                raise omemo.TrustDecisionFailed("undecided: " + names)
            for device in undecided:
                await self.set_trust(device.bare_jid, device.identity_key, "TRUSTED")

        @staticmethod
        async def _send_message(message, bare_jid):
            peer.send_encrypted(message, bare_jid, "chat")
            emit("sent", to=bare_jid, ns=message.namespace, empty=True)

    return Manager
