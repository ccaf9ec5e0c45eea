-- 1 on a development chain, whose blocks can be taken back.
alter table chain add column revisable integer not null default 0;
-- Keccak-256 of the code that was verified.
alter table contracts add column code_hash blob;
