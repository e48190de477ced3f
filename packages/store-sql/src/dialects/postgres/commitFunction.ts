/** Which argument of the function has which number in the statements that it runs. */
export const ARGUMENT: Readonly<Record<"account" | "cells" | "bytes" | "revision", string>> = {
  account: "$1",
  /** One text for each column of what the statements take. */
  cells: "$2",
  bytes: "$3",
  /** The revision that this commit gives; not for the check. */
  revision: "$4",
};

/** What it answers when the check counts a record. */
export const STALE = 0;

/**
 * A whole commit in one round trip. Each statement in here sees what is there when it begins, so the
 * check is made behind the lock on the account, as it has to be; parts of a single statement would
 * all see what was there before the lock. The tables differ, so the statements come with the call,
 * and run with the rights of the caller. It waits for the disk, since a role or a pool that does not
 * would let a crash take ratchets back.
 */
export const COMMIT_FUNCTION: string = `
create or replace function omemo_commit(
  account bigint, cells text[], bytes bytea, stale text, writes text[]
) returns bigint language plpgsql as $body$
declare
  new_revision bigint;
  stale_records bigint;
  statement text;
begin
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'local', true);
  end if;
  select revision + 1 into new_revision from omemo_account where id = account for update;
  if new_revision is null then
    return null;
  end if;
  if stale is not null then
    execute stale into stale_records using account, cells;
    if stale_records <> 0 then
      return ${STALE};
    end if;
  end if;
  update omemo_account set revision = new_revision where id = account;
  foreach statement in array writes loop
    execute statement using account, cells, bytes, new_revision;
  end loop;
  return new_revision;
end
$body$`;
