use super::*;

fn account(number: usize) -> Address {
    Address::left_padding_from(&number.to_be_bytes())
}

/// So many gates, each of the account that `owner` says.
fn kept(count: usize, owner: impl Fn(usize) -> usize) -> Vec<(U256, Address)> {
    (0..count).map(|gate| (U256::from(gate), account(owner(gate)))).collect()
}

fn admit(owners: &GateOwners, gate: usize, owner: usize, kept: &[(U256, Address)]) -> Result<(), Refusal> {
    owners.admit((U256::from(gate), account(owner)), kept.iter().map(|(gate, owner)| (gate, *owner)))
}

#[test]
fn nobody_has_more_gates_on_a_node_than_a_few() {
    let all = GateOwners::Anybody;
    admit(&all, 100, 1, &kept(GATES_OF_ONE - 1, |_| 1)).expect("room");
    let full = kept(GATES_OF_ONE, |_| 1);
    assert!(matches!(admit(&all, 100, 1, &full), Err(Refusal::TooMany(owner)) if owner == account(1)));
    admit(&all, 100, 2, &full).expect("another's");
    admit(&all, 0, 1, &full).expect("shared anew");
}

#[test]
fn accounts_without_number_leave_those_that_are_named_their_room() {
    let full = kept(GATES_OF_ANYBODY, |gate| gate);
    assert!(matches!(admit(&GateOwners::Anybody, 9_999, 9_999, &full), Err(Refusal::Full)));
    let named = GateOwners::Named([account(9_999)].into());
    admit(&named, 9_999, 9_999, &full).expect("whoever else came before");
    assert!(matches!(admit(&named, 9_999, 1, &[]), Err(Refusal::NotFor(owner)) if owner == account(1)));
    admit(&named, 20, 9_999, &kept(20, |_| 9_999)).expect("as many as it likes");
    assert!(matches!(admit(&named, 10_001, 9_999, &kept(GATES_MAX, |_| 9_999)), Err(Refusal::Full)));
    assert!(matches!(admit(&GateOwners::Nobody, 1, 1, &[]), Err(Refusal::Closed)));
}

#[test]
fn they_are_written_as_words_or_accounts() {
    let (one, other) = (Address::repeat_byte(1), Address::repeat_byte(2));
    assert_eq!("on".parse(), Ok(GateOwners::Anybody));
    assert_eq!("off".parse(), Ok(GateOwners::Nobody));
    assert_eq!(format!("{one}, {other}").parse(), Ok(GateOwners::Named([one, other].into())));
    for wrong in ["", "yes", "0x12", "on,off"] {
        wrong.parse::<GateOwners>().expect_err(wrong);
    }
}
