-- Contracts whose sources are known. `verdict` columns: 0 match, 1 exact match. A better match replaces the row and gets a new number.
create table contracts (
    number integer primary key autoincrement,
    address blob not null unique,
    file text not null,
    name text not null,
    compiler text not null,
    runtime integer not null,
    creation integer,
    created_tx blob,
    created_block integer not null,
    created_index integer not null,
    deployer blob,
    arguments blob,
    verified_ms integer not null
) strict;

-- Long texts stay out of the rows that lists read.
create table contract_sources (
    address blob primary key,
    abi text not null,
    metadata text not null,
    input text not null,
    links text not null
) strict;

-- `submission` is there as long as the job is not finished: what a stranger sent is kept no longer. `error_code` is
-- there when it was refused.
create table verifications (
    number integer primary key autoincrement,
    id blob not null unique,
    address blob not null,
    submission text,
    attempts integer not null,
    started_ms integer not null,
    finished_ms integer not null,
    error_code text,
    error_message text
) strict;
create index verifications_waiting on verifications (number) where finished_ms = 0;

-- What the faucet paid. `raw` is the signed transaction: it is written before it is sent, and sent again as it is.
create table payments (
    number integer primary key autoincrement,
    account blob not null,
    peer blob not null,
    amount blob not null,
    ms integer not null,
    payer blob not null,
    nonce integer not null,
    tx blob not null,
    raw blob not null,
    settled integer not null
) strict;
create index payments_by_account on payments (account, ms);
create index payments_by_peer on payments (peer, ms);
create index payments_by_time on payments (ms);
create index payments_open on payments (number) where settled = 0;
