use super::*;

#[test]
fn a_slashed_stake_is_missing_and_one_that_is_taken_out_is_not() {
    let goal = Goal { minimum: U256::from(10), target: U256::from(12) };
    let stake = |free, locked, unstaking| Stake { free: U256::from(free), locked: U256::from(locked), unstaking };
    assert_eq!(goal.missing(&stake(0, 0, false)), U256::from(12));
    assert_eq!(goal.missing(&stake(7, 4, false)), U256::ONE, "1 was slashed");
    assert_eq!(goal.missing(&stake(7, 5, false)), U256::ZERO);
    assert_eq!(goal.missing(&stake(20, 0, false)), U256::ZERO);
    assert_eq!(goal.missing(&stake(0, 0, true)), U256::ZERO, "the operator leaves");
}
