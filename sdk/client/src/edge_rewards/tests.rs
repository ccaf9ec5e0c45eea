use alloy::primitives::{Address, address, b256, hex};
use edgeloom_edge_proof::Blob;

use super::*;
use crate::beacon;

const LENGTH: u64 = 10_000;

fn schedule() -> Schedule {
    let window = |round: u64| Window { height: 50_015 + round * 2_500, until: 50_165 + round * 2_500 };
    Schedule::new(5, [0, 1, 2, 3].map(window), Window { height: 57_681, until: 58_281 }, LENGTH)
}

fn tally(answered: u8) -> Tally {
    let stake = alloy::primitives::aliases::U96::from(1);
    Tally { burned: Default::default(), stake, answered, opened: false, paid: false, chain: B256::ZERO }
}

#[test]
fn a_round_is_due_from_the_block_after_its_mix_to_the_last_before_its_end() {
    let schedule = schedule();
    let answer = |round: u8, until: u64| Some(Due::Answer { round, until });
    for (head, due) in [(50_015, None), (50_016, answer(0, 50_165)), (50_164, answer(0, 50_165)), (50_165, None)] {
        assert_eq!(schedule.due(&tally(0), head), due, "{head}");
    }
    assert_eq!(schedule.due(&tally(1), 50_020), None, "answered");
    assert_eq!(schedule.due(&tally(1), 52_600), answer(1, 52_665));
    assert_eq!(schedule.due(&Tally { stake: Default::default(), ..tally(0) }, 50_020), None, "not enrolled");
}

#[test]
fn what_was_answered_is_shown_once_and_then_settled() {
    let schedule = schedule();
    assert_eq!((schedule.settled_from, schedule.settled_until), (70_000, 379_999));
    let shown = Some(Due::Open { until: 58_281 });
    assert_eq!(schedule.due(&tally(4), 57_681), None, "not drawn");
    assert_eq!(schedule.due(&tally(4), 57_682), shown);
    assert_eq!(schedule.due(&tally(0), 57_682), None, "nothing answered");
    let opened = Tally { opened: true, ..tally(4) };
    assert_eq!(schedule.due(&opened, 57_682), None);
    assert_eq!(schedule.due(&opened, 69_999), None);
    let settled = Some(Due::Settle { until: 379_999 });
    assert_eq!((schedule.due(&opened, 70_000), schedule.due(&opened, 379_998)), (settled, settled));
    assert_eq!(schedule.due(&opened, 379_999), None);
    assert_eq!(schedule.due(&tally(4), 70_000), None, "answers that nobody showed earn nothing");
    let worked = Tally { burned: alloy::primitives::aliases::U96::from(7), stake: Default::default(), ..tally(0) };
    assert_eq!(schedule.due(&worked, 70_000), settled, "work does not ask for rounds");
    let paid = Tally { paid: true, ..opened.clone() };
    assert_eq!(schedule.due(&paid, 70_000), None);
    let over = [(&paid, 1), (&tally(4), 70_000), (&opened, 379_999)];
    assert!(over.iter().all(|(tally, head)| schedule.is_over(tally, *head)));
    let open = [(&tally(4), 69_999), (&opened, 379_998), (&worked, 70_000)];
    assert!(open.iter().all(|(tally, head)| !schedule.is_over(tally, *head)));
}

/// An epoch of a few blocks is over long before its openings are.
#[test]
fn short_epochs_are_settled_after_their_openings() {
    let window = Window { height: 0, until: 100 };
    let short = Schedule::new(1, [window; 4], Window { height: 671, until: 1_271 }, 40);
    assert_eq!((short.settled_from, short.settled_until), (1_272, 1_359));
}

fn draw(link: u64) -> Draw {
    Draw { round: U256::ZERO, index: U256::ZERO, link: U256::from(link), challenge: B256::repeat_byte(6) }
}

fn computed(round: &Round) -> (Vec<B256>, Vec<Vec<u8>>) {
    let (mut roots, mut products) = (Vec::new(), Vec::new());
    while let Some(product) = round.next(&roots) {
        let product = product.compute();
        roots.push(B256::from(Blob::of(&product).root));
        products.push(product);
    }
    (roots, products)
}

#[test]
fn each_product_hangs_on_the_one_before_and_opens_where_it_is_drawn() {
    let round = Round { seed: B256::repeat_byte(9), size: 40, links: 3 };
    let (roots, products) = computed(&round);
    assert_eq!(roots.len(), 3);
    assert_eq!(round.next(&[]).expect("the first").seed, round.seed.0);
    let second = keccak256([round.seed.0, roots[0].0].concat());
    assert_eq!(round.next(&roots[..1]).expect("the second").seed, second.0);
    for (link, product) in products.iter().enumerate() {
        let opening = round.open(&draw(link as u64), &roots, product).expect("its own");
        assert_eq!(opening.roots, roots);
        let asked = round.drawn(&draw(link as u64), &roots).expect("drawn");
        assert!(asked.proves(&roots[link].0, (&[6; 32], 8), &opening.proof));
        assert_eq!(round.open(&draw(link as u64), &roots, &products[(link + 1) % 3]), None, "another product");
    }
    assert_eq!(round.open(&draw(3), &roots, &products[0]), None, "there is no fourth");
    let mut wrong = products[1].clone();
    wrong.chunks_exact_mut(4).for_each(|entry| entry[0] ^= 1);
    let mut answered = roots.clone();
    answered[1] = Blob::of(&wrong).root.into();
    assert_eq!(round.open(&draw(1), &answered, &wrong), None, "no proof that the chain would refuse is sent");
}

#[test]
fn digests_and_chains_are_the_contract_s() {
    let roots = [B256::repeat_byte(1), B256::repeat_byte(2)];
    assert_eq!(digest_of(&roots), keccak256([[1; 32], [2; 32]].concat()));
    let words = [[0; 32], U256::from(2).to_be_bytes(), [7; 32]].concat();
    assert_eq!(chain_after(B256::ZERO, 2, B256::repeat_byte(7)), keccak256(words));
}

#[test]
fn a_seed_is_of_one_caller_height_and_purpose() {
    let mix = b256!("0x0303030303030303030303030303030303030303030303030303030303030303");
    let caller: Address = address!("0x00000000000000000000000000000000000000ab");
    let words = hex!(
        "0000000000000000000000000000000000000000000000000000000000007a69"
        "00000000000000000000000000000000000000000000000000000000000000ab"
        "0404040404040404040404040404040404040404040404040404040404040404"
        "0000000000000000000000000000000000000000000000000000000000000009"
        "0303030303030303030303030303030303030303030303030303030303030303"
    );
    assert_eq!(beacon::seed((31_337, caller), B256::repeat_byte(4), (9, mix)), keccak256(words));
}
