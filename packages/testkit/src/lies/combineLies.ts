import type { ServerBehaviour } from "../network/serverBehaviour.js";

/** Several behaviours as one: each sees what the one before made of the truth. */
export function combineLies(...behaviours: readonly ServerBehaviour[]): ServerBehaviour {
  return {
    push: (event, to) =>
      behaviours.reduce(
        (events, behaviour) => events.flatMap((each) => behaviour.push?.(each, to) ?? [each]),
        [event] as ReturnType<NonNullable<ServerBehaviour["push"]>>,
      ),
    item: (request, honest) =>
      behaviours.reduce(
        (item, behaviour) => (behaviour.item === undefined ? item : behaviour.item(request, item)),
        honest,
      ),
    itemIds: (request, honest) =>
      behaviours.reduce((ids, behaviour) => behaviour.itemIds?.(request, ids) ?? ids, honest),
    members: (room, by, honest) =>
      behaviours.reduce((jids, behaviour) => behaviour.members?.(room, by, jids) ?? jids, honest),
    features: (entity, by, honest) =>
      behaviours.reduce(
        (features, behaviour) => behaviour.features?.(entity, by, features) ?? features,
        honest,
      ),
    archive: (query, by, honest) =>
      behaviours.reduce((page, behaviour) => behaviour.archive?.(query, by, page) ?? page, honest),
  };
}
