create table home (
  id text not null,
  token integer not null,
  created_at integer not null
) strict;

create table documents (
  hash text primary key,
  text text not null,
  document text not null
) strict;

create table flow_versions (
  file text not null,
  version integer not null,
  document text not null references documents (hash),
  saved_at integer not null,
  primary key (file, version)
) strict, without rowid;

create index flow_versions_by_document on flow_versions (document);

create table flow_runs (
  id text primary key,
  name text not null,
  flow text not null,
  document text not null references documents (hash),
  file text,
  parameters text not null,
  tags text not null,
  state_name text not null,
  state_type text not null,
  state_at integer not null,
  state_message text,
  state_until integer,
  created_at integer not null,
  started_at integer,
  ended_at integer,
  run_count integer not null,
  parent_flow_run text,
  parent_task_run text,
  submission_key text,
  selection text,
  result_bytes integer not null default 0,
  deleted_at integer
) strict;

-- Lists are read in the order of these indexes and never sorted. The first holds what a text is searched in.
create index flow_runs_by_time on flow_runs (created_at, id, name, flow) where deleted_at is null;
create index flow_runs_by_flow on flow_runs (flow, created_at, id) where deleted_at is null;
create index flow_runs_by_state on flow_runs (state_type, created_at, id) where deleted_at is null;
create index flow_runs_by_flow_and_state on flow_runs (flow, state_type, created_at, id) where deleted_at is null;
create index flow_runs_by_name on flow_runs (name);
create index flow_runs_by_document on flow_runs (document);
create index flow_runs_by_parent on flow_runs (parent_flow_run) where parent_flow_run is not null;
create index flow_runs_deleted on flow_runs (deleted_at) where deleted_at is not null;
create unique index flow_runs_by_submission_key on flow_runs (submission_key) where submission_key is not null;

create table flow_run_tags (
  tag text not null,
  created_at integer not null,
  flow_run text not null references flow_runs (id) on delete cascade,
  primary key (tag, created_at, flow_run)
) strict, without rowid;

create index flow_run_tags_by_flow_run on flow_run_tags (flow_run);

create table task_runs (
  flow_run text not null references flow_runs (id) on delete cascade,
  key text not null,
  task text not null,
  item integer,
  state_name text not null,
  state_at integer not null,
  state_message text,
  state_until integer,
  run_count integer not null,
  started_at integer,
  ended_at integer,
  run_time integer not null,
  outputs text not null,
  cache text,
  settings text not null,
  items integer,
  primary key (flow_run, key)
) strict, without rowid;

-- Tasks as wholes, among which the items of mapped ones would be many.
create index task_runs_whole on task_runs (flow_run) where item is null;

-- What one commit decided of a flow run: a JSON array of events, with the number of its first.
create table event_batches (
  flow_run text not null references flow_runs (id) on delete cascade,
  number integer not null,
  events text not null,
  primary key (flow_run, number)
) strict, without rowid;

create view events as
  select flow_run, number + json_each.key as number, json_each.value as event
  from event_batches, json_each(event_batches.events);

-- `by` uses results of `used`, which therefore stay.
create table result_uses (
  used text not null,
  by text not null references flow_runs (id) on delete cascade,
  primary key (used, by)
) strict, without rowid;

create index result_uses_by on result_uses (by);

create table cache (
  key text primary key,
  flow_run text not null references flow_runs (id) on delete cascade,
  task_run text not null,
  created_at integer not null,
  expires_at integer
) strict, without rowid;

create index cache_by_flow_run on cache (flow_run);

create table blocks (
  id text primary key,
  type text not null,
  name text not null,
  version integer not null,
  revision integer not null,
  settings text not null,
  secrets text not null,
  created_at integer not null,
  updated_at integer not null,
  unique (type, name)
) strict;

create table pending_secrets (
  name text primary key
) strict, without rowid;

create table block_tests (
  block text primary key references blocks (id) on delete cascade,
  at integer not null,
  passed integer not null,
  stages text not null
) strict, without rowid;

create table config (
  key text primary key,
  value text not null
) strict, without rowid;

create table concurrency_limits (
  tag text primary key,
  slots integer not null
) strict, without rowid;

create table artifacts (
  id integer primary key,
  flow_run text not null references flow_runs (id) on delete cascade,
  task_run text,
  kind text not null,
  key text not null,
  at integer not null,
  content text not null
) strict;

create index artifacts_by_flow_run on artifacts (flow_run);

create table datasets (
  location text primary key,
  columns text not null,
  rows integer,
  flow_run text not null,
  task_run text not null,
  written_at integer not null,
  made_from text not null
) strict, without rowid;
