use alloy::primitives::U256;

/// What a worker has to be (`contracts/src/types/Requirements.sol`). Zero asks for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requirements {
    /// ISO 3166-1 numeric, or a number of the operators' own from 1,000 on.
    pub region: u16,
    /// Least class of its graphics card.
    pub gpu_class: u16,
    /// Least memory of that card, GiB.
    pub gpu_memory_gib: u16,
    /// All of these: the lower 32 are a worker's own word, the upper 32 are vouched for.
    pub attributes: u64,
    /// Least stake of its node, TFUEL.
    pub stake_tfuel: u32,
    /// Least reputation (`IProfiles`), thousandths of a TFUEL of fees.
    pub reputation_millis: u32,
}

impl Requirements {
    /// As orders have it.
    #[must_use]
    pub fn word(self) -> U256 {
        let low = u128::from(self.region)
            | u128::from(self.gpu_class) << 16
            | u128::from(self.gpu_memory_gib) << 32
            | u128::from(self.attributes) << 48;
        U256::from(low) | U256::from(self.stake_tfuel) << 112 | U256::from(self.reputation_millis) << 144
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_has_its_bits() {
        let all = Requirements {
            region: 0x0102,
            gpu_class: 0x0304,
            gpu_memory_gib: 0x0506,
            attributes: 0x0708_090a_0b0c_0d0e,
            stake_tfuel: 0x0f10_1112,
            reputation_millis: 0x1314_1516,
        };
        assert_eq!(format!("{:x}", all.word()), "131415160f1011120708090a0b0c0d0e050603040102");
        assert_eq!(Requirements::default().word(), U256::ZERO);
    }
}
