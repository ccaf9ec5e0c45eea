-- Amounts are 32-byte big-endian blobs: they sort as numbers. Hashes and addresses are raw bytes. 0 in a `*_ms`,
-- `*_block` or `*_by` column of something that has not happened yet stands for "not yet", so that keyset pages can order by it.

create table chain (
    one integer primary key check (one = 1),
    chain_id integer not null,
    genesis blob not null
) strict;

create table cursor (
    one integer primary key check (one = 1),
    height integer not null,
    hash blob not null
) strict;

create table blocks (
    height integer primary key,
    hash blob not null unique,
    timestamp_ms integer not null,
    transactions integer not null,
    gas_used integer not null
) strict;

create table jobs (
    id integer primary key,
    requester blob not null,
    model blob not null,
    price blob not null,
    bond blob not null,
    phase integer not null,
    reason integer not null,
    worker blob,
    input_bytes integer not null,
    input_hash blob not null,
    output_bytes integer,
    evidence blob,
    paid blob,
    take_by integer not null,
    work_seconds integer not null,
    submit_by integer not null,
    posted_block integer not null,
    posted_tx blob not null,
    posted_ms integer not null,
    taken_block integer not null,
    taken_tx blob,
    taken_ms integer not null,
    closed_block integer not null,
    closed_tx blob,
    closed_ms integer not null
) strict;
create index jobs_by_phase on jobs (phase, id);
create index jobs_by_requester on jobs (requester, id);
create index jobs_by_worker on jobs (worker, id);
create index jobs_by_model on jobs (model, id);
create index jobs_by_price on jobs (price, id);
create index jobs_by_closed on jobs (closed_ms, id);

create index jobs_by_block on jobs (posted_block, id);

-- Bytes stay out of the rows that lists read and that every event of a job writes again.
create table job_inputs (
    job integer primary key,
    input blob not null
) strict;

create table job_outputs (
    job integer primary key,
    output blob not null
) strict;

create table job_events (
    job integer not null,
    block integer not null,
    log_index integer not null,
    kind integer not null,
    phase integer not null,
    actor blob not null,
    tx blob not null,
    tx_index integer not null,
    ms integer not null,
    primary key (job, block, log_index)
) strict, without rowid;

create table workers (
    address blob primary key,
    stake blob not null,
    free blob not null,
    locked blob not null,
    unbonding blob not null,
    unbonding_until integer not null,
    slashed blob not null,
    earned blob not null,
    jobs_taken integer not null,
    jobs_settled integer not null,
    jobs_rejected integer not null,
    jobs_missed integer not null,
    first_block integer not null,
    first_ms integer not null,
    last_block integer not null,
    last_ms integer not null
) strict, without rowid;
create index workers_by_stake on workers (stake, address);
create index workers_by_earned on workers (earned, address);
create index workers_by_settled on workers (jobs_settled, address);

create table models (
    number integer primary key,
    id blob not null unique,
    owner blob not null,
    manifest blob not null,
    input_bytes integer not null,
    output_bytes integer not null,
    macs integer not null,
    infer_gas integer not null,
    name text not null,
    metadata text not null,
    jobs_posted integer not null,
    jobs_settled integer not null,
    registered_block integer not null,
    registered_tx blob not null,
    registered_ms integer not null
) strict;
create index models_by_owner on models (owner, number);
create index models_by_name on models (name, number);
create index models_by_posted on models (jobs_posted, number);
create index models_by_gas on models (infer_gas, number);

create table transfers (
    id integer primary key,
    asset integer not null,
    sender blob not null,
    receiver blob not null,
    amount blob not null,
    block integer not null,
    tx blob not null,
    tx_index integer not null,
    log_index integer,
    ms integer not null
) strict;
create index transfers_by_sender on transfers (sender, id);
create index transfers_by_receiver on transfers (receiver, id);
create index transfers_by_asset on transfers (asset, id);
create index transfers_by_block on transfers (block, id);
create index transfers_by_amount on transfers (amount, id);
