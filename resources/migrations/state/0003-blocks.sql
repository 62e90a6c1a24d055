-- What may be shown of each secret that is set: JSON by field. Secrets set before this have none until they are set again.
alter table blocks add column facts text not null default '{}';

-- When a run last used it, exact to a minute.
alter table blocks add column used_at integer;

-- New names of blocks that flows may not all have followed yet, in the order in which they were given.
create table pending_renames (
  number integer primary key,
  type text not null,
  old_name text not null,
  new_name text not null
) strict;

drop table journal;
