-- The node of the staking contract that the worker runs.
alter table workers add column node integer;
create index workers_by_node on workers (node);
