//! Tokens and copies that move, come to be, or end.

use super::{Contradiction, Rows, next};
use crate::{
    decode::Event,
    record::{Balance, Stamp, Token, TokenKey, TokenTransfer},
};
use alloy::primitives::{Address, U256};

impl Rows {
    pub(super) fn token(&mut self, key: TokenKey) -> Result<&mut Token, Contradiction> {
        self.nft.tokens.get_mut(&key).ok_or(Contradiction::TokenUnknown(key.creation, key.id))
    }

    pub(super) fn token_moved(
        &mut self,
        event: &Event,
        key: TokenKey,
        (from, to): (Address, Address),
    ) -> Result<(), Contradiction> {
        let at = event.at;
        self.passed(event, key, (from, to), U256::ONE)?;
        if from.is_zero() {
            let number = next(&mut self.last.token);
            let token = Token { number, key, owner: to, moves: 0, user: None, minted: at, moved: at, updated: None };
            if self.nft.tokens.insert(key, token).is_some() {
                return Err(Contradiction::TokenKnown(key.creation, key.id));
            }
            self.count(key.creation, |tokens, _| *tokens += 1);
            return Ok(());
        }
        let token = self.token(key)?;
        if token.owner != from {
            return Err(Contradiction::TokenOwner(key.creation, key.id));
        }
        (token.owner, token.moved) = (to, at);
        token.moves += 1;
        if to.is_zero() {
            self.count(key.creation, |tokens, burned| (*tokens, *burned) = (tokens.saturating_sub(1), *burned + 1));
        }
        Ok(())
    }

    pub(super) fn copies_moved(
        &mut self,
        event: &Event,
        key: TokenKey,
        (from, to): (Address, Address),
        amount: U256,
    ) -> Result<(), Contradiction> {
        // Anybody can move nothing of what it has not.
        if amount.is_zero() {
            return Ok(());
        }
        let (at, short) = (event.at, Contradiction::Copies(key.creation, key.id));
        self.passed(event, key, (from, to), amount)?;
        let mut holders = 0_i64;
        if !from.is_zero() {
            let held = self.nft.balances.get_mut(&(key, from)).ok_or(Contradiction::Copies(key.creation, key.id))?;
            held.amount = held.amount.checked_sub(amount).ok_or(short)?;
            held.last = at;
            holders -= i64::from(held.amount.is_zero());
        }
        if !to.is_zero() {
            let held = self.balance(key, to, at);
            holders += i64::from(held.amount.is_zero());
            held.amount = held.amount.saturating_add(amount);
            held.last = at;
        }
        let edition = self.edition(key, at);
        edition.holders = edition.holders.saturating_add_signed(holders);
        if from.is_zero() {
            edition.minted = edition.minted.saturating_add(amount);
        }
        if to.is_zero() {
            edition.burned = edition.burned.saturating_add(amount);
        }
        Ok(())
    }

    fn balance(&mut self, key: TokenKey, holder: Address, at: Stamp) -> &mut Balance {
        let last = &mut self.last.balance;
        self.nft.balances.entry((key, holder)).or_insert_with(|| {
            let number = next(last);
            Balance { number, key, holder, amount: U256::ZERO, first: at, last: at }
        })
    }

    fn passed(
        &mut self,
        event: &Event,
        key: TokenKey,
        (from, to): (Address, Address),
        amount: U256,
    ) -> Result<(), Contradiction> {
        let creation = self.nft.creations.get_mut(&key.creation);
        creation.ok_or(Contradiction::CreationUnknown(key.creation))?.transfers += 1;
        self.nft.transfers.push(TokenTransfer {
            id: next(&mut self.last.token_transfer),
            key,
            from,
            to,
            amount,
            at: event.at,
            tx_index: event.tx_index,
            log_index: event.log_index.unwrap_or(0),
        });
        Ok(())
    }

    fn count(&mut self, creation: Address, change: impl FnOnce(&mut u64, &mut u64)) {
        if let Some(creation) = self.nft.creations.get_mut(&creation) {
            change(&mut creation.tokens, &mut creation.burned);
        }
    }
}

#[cfg(test)]
mod tests;
