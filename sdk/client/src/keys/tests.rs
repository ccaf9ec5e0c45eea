use super::*;

#[test]
fn a_set_is_named_as_the_kernel_reads_it() {
    let owner = Address::repeat_byte(0xaa);
    let domain = Domain::of_set(9, &Keys::set_of(owner, 7).0, 4).expect("a set");
    assert_eq!(domain, Domain { chain_id: 9, owner: owner.into_array(), role: 7, epoch: 4 });
    assert_eq!(Domain::of_set(9, &Keys::set_of(owner, 0).0, 4), None);
}

#[test]
fn signers_take_a_bit_for_each_place() {
    assert_eq!(bitmap(&[0, 9], 10), [1, 2]);
    assert_eq!(bitmap(&[7, 7], 8), [0x80]);
    assert_eq!(bitmap(&[], 9), [0, 0]);
    assert_eq!(bitmap(&[], 0), [0; 0]);
    assert_eq!(bitmap(&[8], 8), [0, 1], "one byte more than the set has");
}
