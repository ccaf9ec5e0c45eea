-- Jobs come in orders from now on, and by other events: an index of before is built anew.
delete from cursor;
delete from blocks;
delete from jobs;
delete from job_inputs;
delete from job_outputs;
delete from job_events;
delete from workers;
delete from models;
delete from transfers;
delete from nodes;
delete from positions;
delete from slashes;
delete from committees;
delete from checkpoints;
delete from proposals;
delete from proposal_texts;
delete from votes;
delete from parameter_changes;

alter table jobs add column order_id integer not null default 0;
alter table jobs add column kind integer not null default 1;
alter table jobs add column burn_share integer not null default 0;
create index jobs_by_order on jobs (order_id, id);
