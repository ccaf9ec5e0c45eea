//! What is shown on the way down to the first byte that differs is enough to have it judged.

use crate::{
    Blob, CHUNK_BYTES, Evidence, Model, Node, Opened, Place, Shown, Tree, Verdict, Work, adjudicate, fold,
    random::{Dice, image},
};
use proptest::prelude::*;

fn noise(bytes: usize, seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    (0..bytes).map(|_| dice.byte().cast_unsigned()).collect()
}

/// Plays both sides until bytes are shown: how many times the one who committed to `theirs` had to answer, and where they differ.
fn play<'a>(own: &'a Tree<'a>, theirs: &Tree<'_>) -> (usize, Option<u64>, Shown<'a>) {
    let mut shown = Shown::nothing(own, theirs.blob().root);
    for answers in 1.. {
        let node = shown.node();
        if node.is_bytes() {
            let run = node.chunks(&theirs.blob());
            let bytes = theirs.data(&run).expect("inside");
            assert!(theirs.blob().opens(&run, &bytes, &theirs.values_beside(&run).expect("inside")));
            let first = shown.difference(&bytes);
            return (answers, first, shown);
        }
        let values = theirs.values(&node);
        let is_root = node == Node::root(&theirs.blob());
        let above = if is_root {
            theirs.blob().root
        } else {
            theirs.value(&theirs.blob().range(&node.chunks(&theirs.blob())).expect("inside"))
        };
        assert_eq!(fold(&values, is_root), Some(above), "the values are those of the node");
        if shown.descend(&values).is_none() {
            return (answers, None, shown);
        }
    }
    unreachable!("levels fall")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Children are the node's chunks, each once, in order, by nodes that are as low as they can be.
    #[test]
    fn children_divide_a_node(chunks in 1_u64..200_000, picks in prop::collection::vec(any::<prop::sample::Index>(), 4)) {
        let blob = Blob { root: [0; 32], bytes: chunks * CHUNK_BYTES - 7 };
        let mut node = Node::root(&blob);
        prop_assert_eq!(node.chunks(&blob), 0..chunks);
        for pick in picks {
            let children = node.children(&blob);
            prop_assert_eq!(children.is_empty(), node.is_bytes());
            if children.is_empty() {
                break;
            }
            prop_assert!((2..=256).contains(&children.len()));
            let mut next = node.chunks(&blob).start;
            for child in &children {
                let run = child.chunks(&blob);
                prop_assert_eq!(run.start, next);
                prop_assert!(child.is_bytes() || run.end - run.start > 1 << (child.level - 8));
                next = run.end;
            }
            prop_assert_eq!(next, node.chunks(&blob).end);
            node = children[pick.index(children.len())];
        }
    }

    /// A descent ends at the first byte that differs.
    #[test]
    fn a_descent_finds_the_first_difference(bytes in 1_usize..5_000_000, seed in any::<u64>(), changes in 1_usize..4) {
        let content = noise(bytes, seed);
        let mut other = content.clone();
        let mut dice = Dice::new(seed ^ 1);
        for _ in 0..changes {
            other[dice.below(bytes)] ^= 1 << dice.below(8);
        }
        let (own, theirs) = (Tree::of(&content), Tree::of(&other));
        let first = content.iter().zip(&other).position(|(a, b)| a != b).map(|first| first as u64);
        let (answers, found, shown) = play(&own, &theirs);
        prop_assert_eq!(found, first);
        prop_assert!(answers <= 3);
        if let Some(first) = first {
            prop_assert_eq!(shown.node(), Node::holding(first));
            // Whatever comes before it opens, and so does its own chunk.
            for byte in [0, first / 2, first] {
                let run = byte / CHUNK_BYTES..first / CHUNK_BYTES + 1;
                let (data, beside) = (shown.data(&run).expect("known"), shown.values_beside(&run).expect("known"));
                prop_assert!(theirs.blob().opens(&run, &data, &beside));
            }
        }
    }
}

#[test]
fn the_largest_blob_takes_four_answers() {
    let blob = Blob { root: [0; 32], bytes: 1 << 36 };
    let mut node = Node::root(&blob);
    assert_eq!(node.level, 27);
    for level in [19, 11, 3] {
        node = *node.children(&blob).last().expect("it has some");
        assert_eq!(node.level, level);
    }
    assert_eq!(node, Node::holding(blob.bytes - 1));
}

#[test]
fn what_agrees_shows_no_difference() {
    let content = noise(3_000_000, 1);
    let tree = Tree::of(&content);
    let (answers, found, mut shown) = play(&tree, &tree);
    assert_eq!((answers, found), (1, None));
    assert_eq!(shown.descend(&tree.values(&shown.node())[1..]), None, "a value is missing");
    assert_eq!(shown.data(&(0..1)), None, "nothing was shown");
}

/// The game of D3: who computed the trace proves the fraud of another out of what was shown, whatever else the other changed.
#[test]
fn what_was_shown_convicts() {
    let mut convicted = 0;
    for seed in 0..200 {
        let Some(model) = image(seed).ok().and_then(|image| Model::from_image(image).ok()) else { continue };
        let trace = model.trace(&noise(model.input_bytes(), seed)).expect("the input has its length");
        let mut dice = Dice::new(seed ^ 5);
        let first = dice.below(trace.len());
        let mut other = trace.clone();
        other[first] ^= 1 << dice.below(8);
        // From there on, whatever the cheat likes.
        for _ in 0..dice.below(4) {
            let at = first + dice.below(trace.len() - first);
            other[at] = dice.byte().cast_unsigned();
        }
        let honest = model.plan().work(&trace).expect("its length").map(Tree::of);
        let theirs = Tree::of(&other);
        let (_, found, shown) = play(&honest.trace, &theirs);
        let Some(found) = found else { continue };
        let place = model.plan().place(found as usize).expect("inside");
        let known: Work<&dyn Opened> = Work { input: &honest.input, trace: &shown, output: &honest.output };
        let proof = Evidence::of(model.image()).expect("a model").prove(known, place).expect("all of it was shown");
        let blobs = Work { input: honest.input.blob(), trace: theirs.blob(), output: honest.output.blob() };
        let verdict = adjudicate(&model.commitment(), &blobs, place, &proof);
        assert!(matches!(verdict, Verdict::Fraud { .. }), "seed {seed}, {place:?}: {verdict:?}");
        if place.op != Place::INPUT {
            convicted += 1;
        }
    }
    assert!(convicted > 50, "{convicted} traces");
}
