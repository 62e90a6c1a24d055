-- How much of the journal, a file beside the database, stands in the other tables: the number of the last commit.
create table journal (
  applied integer not null
) strict;

insert into journal values (0);
