-- The token of the owner that may write, and the last seq it gave.
create table counter (
  token integer not null,
  last_seq integer not null
) strict;

insert into counter values (0, 0);

create table flow_runs (
  number integer primary key,
  id text not null unique
) strict;

-- Who writes: a task run, or the flow run itself (no key). Its lines have seqs between the first and the last.
create table sources (
  number integer primary key,
  flow_run integer not null references flow_runs (number) on delete cascade,
  task_run text,
  first_seq integer not null,
  last_seq integer not null,
  lines integer not null,
  bytes integer not null,
  cut integer not null
) strict;

create unique index sources_by_task_run on sources (flow_run, task_run);

create table lines (
  flow_run integer not null,
  seq integer not null,
  source integer not null,
  at integer not null,
  level integer not null,
  message text not null,
  primary key (flow_run, seq)
) strict, without rowid;
