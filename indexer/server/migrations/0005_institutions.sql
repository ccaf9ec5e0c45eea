-- Blocks bring the logs of their own calls from now on, of which an index that has them already knows nothing: it is built anew.
delete from cursor;
delete from blocks;
delete from jobs;
delete from job_inputs;
delete from job_outputs;
delete from job_events;
delete from workers;
delete from models;
delete from transfers;

alter table jobs add column fee blob;
alter table jobs add column burned blob;

-- Nodes of both books of stake; `id` is twice the number, and one more for THETA's.
create table nodes (
    id integer primary key,
    role integer not null,
    owner blob not null,
    operator blob not null,
    commission integer not null,
    commission_from integer not null,
    stake blob not null,
    unstaking blob not null,
    slashed blob not null,
    rewarded blob not null,
    commission_paid blob not null,
    jailed_until integer not null,
    identity blob,
    first_block integer not null,
    first_ms integer not null,
    last_block integer not null,
    last_ms integer not null
) strict;
create index nodes_by_stake on nodes (stake, id);
create index nodes_by_rewarded on nodes (rewarded, id);
create index nodes_by_owner on nodes (owner, id);
create index nodes_by_operator on nodes (operator, id);
create index nodes_by_last on nodes (last_block);

create table positions (
    id integer primary key,
    node integer not null,
    source blob not null,
    staked blob not null,
    unstaking blob not null,
    unstaking_until integer not null,
    claimed blob not null,
    first_block integer not null,
    first_ms integer not null,
    last_block integer not null,
    last_ms integer not null,
    unique (node, source)
) strict;
create index positions_by_node on positions (node, id);
create index positions_by_stake on positions (node, staked, id);
create index positions_by_source on positions (source, id);
create index positions_by_staked on positions (staked, id);
create index positions_by_last on positions (last_block);

create table slashes (
    id integer primary key,
    node integer not null,
    epoch integer not null,
    lost blob not null,
    unstaking blob not null,
    to_reporter blob not null,
    reporter blob,
    reason integer not null,
    block integer not null,
    tx blob not null,
    ms integer not null
) strict;
create index slashes_by_node on slashes (node, id);

-- `nodes` has four bytes for each seat; `not_live` is JSON.
create table committees (
    epoch integer primary key,
    nodes blob not null,
    total_stake blob not null,
    kept_from integer,
    not_live text not null,
    block integer not null,
    ms integer not null,
    last_block integer not null
) strict;

create table checkpoints (
    height integer primary key,
    hash blob not null,
    signed_stake blob not null,
    total_stake blob not null,
    signers blob not null,
    unions integer not null,
    submitter blob not null,
    block integer not null,
    tx blob not null,
    ms integer not null,
    last_block integer not null
) strict;

create table proposals (
    number integer primary key,
    id blob not null unique,
    operation blob not null unique,
    proposer blob not null,
    title text not null,
    phase integer not null,
    vote_start integer not null,
    vote_end integer not null,
    votes_for blob not null,
    votes_against blob not null,
    votes_abstain blob not null,
    voters integer not null,
    executable_from integer not null,
    proposed_block integer not null,
    proposed_tx blob not null,
    proposed_ms integer not null,
    closed_block integer not null,
    closed_ms integer not null,
    last_block integer not null
) strict;
create index proposals_by_phase on proposals (phase, number);
create index proposals_by_proposer on proposals (proposer, number);

-- Long texts stay out of the rows that lists read; `calls` is JSON.
create table proposal_texts (
    id blob primary key,
    description text not null,
    calls text not null
) strict;

create table votes (
    id integer primary key,
    proposal blob not null,
    voter blob not null,
    support integer not null,
    weight blob not null,
    reason text not null,
    block integer not null,
    tx blob not null,
    ms integer not null
) strict;
create index votes_by_proposal on votes (proposal, id);
create index votes_by_voter on votes (voter, id);

create table parameter_changes (
    id integer primary key,
    parameter integer not null,
    before blob not null,
    value blob not null,
    block integer not null,
    tx blob not null,
    ms integer not null
) strict;
