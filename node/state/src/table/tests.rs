use super::*;
use proptest::prelude::*;

fn path() -> impl Strategy<Value = Nibbles> {
    // Few values and short paths: many are the beginning of another, and differ from it by zeros alone.
    let nibble = prop_oneof![3 => Just(0u8), 1 => 0u8..16];
    prop_oneof![proptest::collection::vec(nibble, 0..6), proptest::collection::vec(0u8..16, 60..=64)]
        .prop_map(Nibbles::from_nibbles)
}

proptest! {
    #[test]
    fn no_path_s_history_holds_another_s_rows(a in path(), b in path(), height in any::<u64>(), other in any::<u64>()) {
        let (height, other) = (Height::new(height), Height::new(other));
        let address = B256::repeat_byte(7);
        for (table, of_a, of_b) in [
            (Table::AccountTrieHistory, account_node_history_key(&a, height), account_node_history_key(&b, other)),
            (
                Table::StorageTrieHistory,
                storage_node_history_key(&address, &a, height),
                storage_node_history_key(&address, &b, other),
            ),
        ] {
            let (prefix, at) = split_history_key(table, &of_a).expect("its own key");
            prop_assert_eq!(at, height);
            prop_assert_eq!(table.history_prefix(prefix), Some(prefix), "the prefix of a prefix is that prefix");
            prop_assert_eq!(of_b.starts_with(prefix), a == b);
            if a != b {
                let prefix_of_b = table.history_prefix(&of_b).expect("its own key");
                prop_assert_eq!(of_a < of_b, prefix < prefix_of_b, "prefixes are in the order of their keys");
            } else {
                prop_assert_eq!(of_a < of_b, height > other);
            }
        }
    }
}

#[test]
fn what_is_no_key_of_a_history_is_said_to_be_none() {
    for table in Table::HISTORIES {
        for key in [&[][..], &[9; 4], &[200; 33]] {
            assert!(split_history_key(table, key).is_err(), "{table:?} {key:?}");
        }
    }
    assert_eq!(Table::Accounts.history_prefix(&[0; 32]), None);
}
