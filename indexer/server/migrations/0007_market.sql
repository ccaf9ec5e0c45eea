-- Orders, leases, auctions and payments have rows from now on, and all of their events: an index of before is built anew.
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

-- `row` is JSON of the record: only what lists are filtered and ordered by has columns of its own.
create table orders (
    id integer primary key,
    requester blob not null,
    model blob not null,
    kind integer not null,
    row text not null
) strict;
create index orders_by_requester on orders (requester, id);
create index orders_by_model on orders (model, id);

create table leases (
    id integer primary key,
    requester blob not null,
    worker blob,
    phase integer not null,
    row text not null
) strict;
create index leases_by_requester on leases (requester, id);
create index leases_by_worker on leases (worker, id);
create index leases_by_phase on leases (phase, id);

create table auctions (
    number integer primary key,
    id blob not null unique,
    requester blob not null,
    phase integer not null,
    row text not null
) strict;
create index auctions_by_requester on auctions (requester, number);
create index auctions_by_phase on auctions (phase, number);

create table bids (
    id integer primary key,
    auction blob not null,
    bidder blob not null,
    row text not null,
    unique (auction, bidder)
) strict;
create index bids_by_auction on bids (auction, id);
create index bids_by_bidder on bids (bidder, id);

-- `fields` is JSON. Neither rows nor fields change.
create table market_events (
    id integer primary key,
    contract integer not null,
    name text not null,
    subject text,
    actor blob not null,
    reason text,
    evidence blob,
    fields text not null,
    block integer not null,
    tx blob not null,
    tx_index integer not null,
    log_index integer not null,
    ms integer not null
) strict;
create index market_events_by_subject on market_events (contract, subject, id);
create index market_events_by_actor on market_events (actor, id);

create table claims (
    contract integer not null,
    id blob not null,
    job integer not null,
    worker blob not null,
    primary key (contract, id)
) strict, without rowid;
create index claims_by_job on claims (job, worker);

create table pools (
    id integer primary key,
    payer blob not null,
    phase integer not null,
    row text not null
) strict;
create index pools_by_payer on pools (payer, id);
create index pools_by_phase on pools (phase, id);

create table pairs (
    id integer primary key,
    pool integer not null,
    session blob not null,
    payee blob not null,
    row text not null,
    unique (pool, session, payee)
) strict;
create index pairs_by_pool on pairs (pool, id);
create index pairs_by_payee on pairs (payee, id);

create table sessions (
    id integer primary key,
    pool integer not null,
    session blob not null,
    payee blob,
    row text not null,
    unique (pool, session)
) strict;
create index sessions_by_pool on sessions (pool, id);
