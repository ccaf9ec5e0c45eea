//! What time it is on the chain: the machine's time and an offset, unless a block was given a time of its own.

/// Times are milliseconds since the Unix epoch unless they say seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Clock {
    offset_ms: i64,
    /// Of the next block, in seconds.
    next: Option<u64>,
    /// Seconds between blocks, whatever the machine's clock says.
    interval: Option<u64>,
}

/// Why a time cannot be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    #[error("timestamp {asked} is lower than the previous block's timestamp {parent}")]
    Past { asked: u64, parent: u64 },
    #[error("timestamp {asked} is the previous block's, which has no millisecond left")]
    Full { asked: u64 },
    #[error("{0} seconds are beyond what a timestamp can hold")]
    Range(u64),
}

/// Year 10889: far from where milliseconds or offsets overflow.
const SECONDS_MAX: u64 = 1 << 48;

fn check_range(seconds: u64) -> Result<i64, ClockError> {
    let milliseconds = seconds.min(SECONDS_MAX + 1) * 1000;
    if seconds > SECONDS_MAX { Err(ClockError::Range(seconds)) } else { Ok(milliseconds.cast_signed()) }
}

impl Clock {
    pub(crate) fn now(&self, machine_ms: u64) -> u64 {
        machine_ms.saturating_add_signed(self.offset_ms)
    }

    /// The time of the next block over a parent of `parent_ms`, always above that. A time that was set is used up, and
    /// goes on from there.
    pub(crate) fn tick(&mut self, machine_ms: u64, parent_ms: u64) -> u64 {
        let least = parent_ms.saturating_add(1);
        if let Some(seconds) = self.next.take() {
            let time = seconds.saturating_mul(1000).max(least);
            self.set(time, machine_ms);
            return time;
        }
        match self.interval {
            Some(seconds) => (parent_ms / 1000).saturating_add(seconds).saturating_mul(1000).max(least),
            None => self.now(machine_ms).max(least),
        }
    }

    /// As if [`Self::tick`] had been told when the block is.
    pub(crate) fn tick_at(&mut self, time: u64, machine_ms: u64) {
        self.next = None;
        if self.now(machine_ms) < time {
            self.set(time, machine_ms);
        }
    }

    /// Makes it `time` now.
    pub(crate) fn set(&mut self, time: u64, machine_ms: u64) {
        self.offset_ms = time.cast_signed().saturating_sub(machine_ms.cast_signed());
    }

    /// Takes back what passed on the machine since this clock was saved.
    pub(crate) fn rewind(&mut self, passed_ms: u64) {
        self.offset_ms = self.offset_ms.saturating_sub_unsigned(passed_ms);
    }

    /// The whole offset, in seconds.
    pub(crate) fn advance(&mut self, seconds: u64) -> Result<i64, ClockError> {
        let offset =
            self.offset_ms.checked_add(check_range(seconds)?).filter(|offset| *offset / 1000 <= SECONDS_MAX as i64);
        self.offset_ms = offset.ok_or(ClockError::Range(seconds))?;
        Ok(self.offset_ms / 1000)
    }

    pub(crate) fn set_next(&mut self, seconds: u64, parent_ms: u64) -> Result<(), ClockError> {
        check_range(seconds)?;
        let parent = parent_ms / 1000;
        if seconds < parent {
            return Err(ClockError::Past { asked: seconds, parent });
        }
        if seconds == parent && parent_ms % 1000 == 999 {
            return Err(ClockError::Full { asked: seconds });
        }
        self.next = Some(seconds);
        Ok(())
    }

    /// Returns whether there was one before.
    pub(crate) fn set_interval(&mut self, seconds: Option<u64>) -> Result<bool, ClockError> {
        seconds.map(check_range).transpose()?;
        Ok(std::mem::replace(&mut self.interval, seconds).is_some())
    }
}

#[cfg(test)]
mod tests;
