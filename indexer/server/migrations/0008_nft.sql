-- Collections, editions, their tokens and their trade have rows from now on: an index of before is built anew.
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
delete from orders;
delete from leases;
delete from auctions;
delete from bids;
delete from pools;
delete from pairs;
delete from sessions;
delete from market_events;
delete from claims;

-- As before, `row` is JSON of the record. `key` is a creation's address and a token's id of 32 bytes.
create table creations (
    number integer primary key,
    address blob not null unique,
    kind integer not null,
    creator blob not null,
    last_block integer not null,
    row text not null
) strict;
create index creations_by_creator on creations (creator, number);
create index creations_by_kind on creations (kind, number);

create table tokens (
    number integer primary key,
    key blob not null unique,
    creation blob not null,
    owner blob not null,
    user blob,
    row text not null
) strict;
create index tokens_by_creation on tokens (creation, number);
create index tokens_by_owner on tokens (owner, number);
create index tokens_by_user on tokens (user, number) where user is not null;

create table editions (
    number integer primary key,
    key blob not null unique,
    creation blob not null,
    row text not null
) strict;
create index editions_by_creation on editions (creation, number);

-- `key` with the holder's address behind it. `held` is 0 where nothing is left.
create table balances (
    number integer primary key,
    key blob not null unique,
    creation blob not null,
    token blob not null,
    holder blob not null,
    held integer not null,
    row text not null
) strict;
create index balances_by_creation on balances (creation, number);
create index balances_by_token on balances (token, number);
create index balances_by_holder on balances (holder, number);

create table token_transfers (
    id integer primary key,
    key blob not null,
    creation blob not null,
    sender blob not null,
    receiver blob not null,
    amount blob not null,
    block integer not null,
    tx blob not null,
    tx_index integer not null,
    log_index integer not null,
    ms integer not null
) strict;
create index token_transfers_by_key on token_transfers (key, id);
create index token_transfers_by_creation on token_transfers (creation, id);
create index token_transfers_by_sender on token_transfers (sender, id);
create index token_transfers_by_receiver on token_transfers (receiver, id);

create table sales (
    id integer primary key,
    kind integer not null,
    reference text not null,
    seller blob not null,
    buyer blob not null,
    marked integer not null,
    row text not null
) strict;
create index sales_by_kind on sales (kind, id);
create index sales_by_reference on sales (reference, id);
create index sales_by_seller on sales (seller, id);
create index sales_by_buyer on sales (buyer, id);
create index sales_by_mark on sales (marked, id);

-- What sales were of: of packs, of which nobody knows that yet, the creation's address alone. Sender and receiver where it moved.
create table sold (
    key blob not null,
    sale integer not null,
    place integer not null,
    sender blob,
    receiver blob,
    ms integer not null,
    primary key (key, sale, place)
) strict, without rowid;
create index trades on sold (key, sale, place) where sender is not null;

create table lots (
    id integer primary key,
    seller blob not null,
    creation blob not null,
    phase integer not null,
    row text not null
) strict;
create index lots_by_seller on lots (seller, id);
create index lots_by_creation on lots (creation, id);
create index lots_by_phase on lots (phase, id);

create table lot_bids (
    id integer primary key,
    lot integer not null,
    bidder blob not null,
    amount blob not null,
    until integer not null,
    block integer not null,
    tx blob not null,
    ms integer not null
) strict;
create index lot_bids_by_lot on lot_bids (lot, id);
create index lot_bids_by_bidder on lot_bids (bidder, id);

create table rentals (
    id integer primary key,
    key blob not null,
    creation blob not null,
    owner blob not null,
    renter blob not null,
    row text not null
) strict;
create index rentals_by_key on rentals (key, id);
create index rentals_by_creation on rentals (creation, id);
create index rentals_by_owner on rentals (owner, id);
create index rentals_by_renter on rentals (renter, id);

create table drops (
    id integer primary key,
    creation blob not null,
    creator blob not null,
    row text not null
) strict;
create index drops_by_creation on drops (creation, id);
create index drops_by_creator on drops (creator, id);

create table pack_sales (
    id integer primary key,
    creation blob not null,
    creator blob not null,
    row text not null
) strict;
create index pack_sales_by_creation on pack_sales (creation, id);
create index pack_sales_by_creator on pack_sales (creator, id);

create table packs (
    id integer primary key,
    sale integer not null,
    pack integer not null,
    buyer blob not null,
    row text not null,
    unique (sale, pack)
) strict;
create index packs_by_buyer on packs (buyer, id);
create index packs_by_sale on packs (sale, id);

create table gates (
    id integer primary key,
    owner blob not null,
    collection blob not null,
    row text not null
) strict;
create index gates_by_owner on gates (owner, id);
create index gates_by_collection on gates (collection, id);
