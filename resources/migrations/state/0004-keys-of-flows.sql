-- A submission's key is its flow's own, as two flows may be asked for under the same one.
drop index flow_runs_by_submission_key;
create unique index flow_runs_by_submission_key on flow_runs (flow, submission_key) where submission_key is not null;

drop index flow_runs_by_parent;
create index flow_runs_by_parent on flow_runs (parent_flow_run, parent_task_run) where parent_flow_run is not null;
