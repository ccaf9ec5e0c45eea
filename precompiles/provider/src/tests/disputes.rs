//! `IDisputes` with the real precompile under it: whole games, between who computed what the model says and who did not, and the
//! attacks of proofs' design by their numbers.

mod attacks;
mod games;

use super::world::{REQUESTER, Route, TFUEL, WORKER, World, route};
use alloy::{
    primitives::{Address, B256, Bytes, U256, address, keccak256},
    sol_types::SolValue as _,
};
use edgeloom_bindings::{
    ICredits,
    IDisputes::{self, Tree as Part},
    IModelRegistry,
    addresses::{DISPUTES, MODEL_REGISTRY},
};
use edgeloom_edge_proof::{
    Affine, Element, Evidence, Filter, GraphBuilder, Limits, Model, Node, Opened, Place, Scale, Shown, Tree, Window,
    Work,
};

const CHALLENGER: Address = address!("0x00000000000000000000000000000000000000c3");
const BOND: u128 = 500 * TFUEL;
const STAKE: u128 = 100 * TFUEL;
const TURN: u64 = 3_600;
const DAY: u64 = 86_400;
const SALT: B256 = B256::repeat_byte(9);
const JOB: B256 = B256::repeat_byte(1);

/// Small numbers that look like weights.
fn weights(count: usize, seed: u64) -> Vec<i8> {
    (0..count as u64).map(|index| ((index * 37 + index / 11 * 5 + seed * 13) % 9) as i8 - 4).collect()
}

fn narrow(scales: &[Scale]) -> Affine<'_> {
    Affine { scales, out: Element::I8, lo: -128, hi: 127 }
}

/// A convolutional net of 200 KiB of trace: two layers of filters, a pool, and ten answers.
fn net() -> Vec<u8> {
    const SIDE: usize = 96;
    let window = |channels| Window {
        height: SIDE,
        width: SIDE,
        channels,
        kernel: (3, 3),
        stride: (1, 1),
        pad: (1, 1),
        out: (SIDE, SIDE),
    };
    let pool = Window { kernel: (4, 4), stride: (4, 4), pad: (0, 0), out: (SIDE / 4, SIDE / 4), ..window(8) };
    let scales = |count| vec![Scale { bias: 3, m: 20_000, s: 20, pre: 1, zp: 0 }; count];
    let mut graph = GraphBuilder::new(SIDE * SIDE * 4);
    let x = graph.input();
    let (first, second) = (weights(8 * 36, 1), weights(8 * 72, 2));
    let x = graph.conv2d(x, &window(4), &Filter { weights: &first, pad_value: 0 }, &narrow(&scales(8)));
    let x = graph.conv2d(x, &window(8), &Filter { weights: &second, pad_value: 0 }, &narrow(&scales(8)));
    let x = graph.max_pool(x, &pool);
    let x = x.flat();
    graph.dense(x, &weights(10 * x.length(), 3), &narrow(&scales(10)));
    graph.within(&Limits::DISPUTED).expect("a well-formed graph")
}

/// A graph of 3 MiB of trace, which no transaction could run: 48 tables applied one after the other.
fn tower() -> Vec<u8> {
    let mut graph = GraphBuilder::new(1 << 16);
    let table = std::array::from_fn(|entry| (entry as u8).wrapping_mul(5).wrapping_add(1).cast_signed());
    let mut x = graph.input();
    for _ in 0..48 {
        x = graph.lut(x, &table);
    }
    graph.within(&Limits::DISPUTED).expect("a well-formed graph")
}

/// Everything that somebody committed to.
struct Committed {
    input: Vec<u8>,
    trace: Vec<u8>,
    output: Vec<u8>,
}

impl Committed {
    /// What running `model` gives.
    fn honest(model: &Model) -> Self {
        let input: Vec<u8> = (0..model.input_bytes()).map(|index| (index * 7 % 251) as u8).collect();
        let trace = model.trace(&input).expect("the input has its length");
        let output = trace[model.plan().output()].to_vec();
        Self { input, trace, output }
    }

    fn trees(&self) -> Work<Tree<'_>> {
        Work { input: &self.input[..], trace: &self.trace[..], output: &self.output[..] }.map(Tree::of)
    }
}

/// A registered model, and the disputes about it.
struct Court {
    world: World,
    model: Model,
    model_id: B256,
}

impl Court {
    fn of(image: Vec<u8>) -> Self {
        let model = Model::within(image, &Limits::DISPUTED).expect("a model");
        let mut world = World::default();
        world.fund(CHALLENGER);
        let commitment = model.commitment();
        let register = IModelRegistry::registerGraphCall {
            graph: Bytes::copy_from_slice(&model.image()[..commitment.graph_len as usize]),
            weightsRoot: commitment.weights_root.into(),
            weightsTransposedRoot: commitment.weights_t_root.into(),
            name: "net".to_owned(),
            metadata: String::new(),
        };
        let model_id = world.send(route(REQUESTER, MODEL_REGISTRY), &register);
        assert_eq!(model_id.0, commitment.model_id(|bytes| keccak256(bytes).0));
        let lengths = world.send(route(REQUESTER, MODEL_REGISTRY), &IModelRegistry::traceOfCall { modelId: model_id });
        assert_eq!(lengths.traceBytes, model.plan().trace_bytes() as u64);
        Self { world, model, model_id }
    }

    /// The claim of a worker that commits to the trace later, if `lazy`.
    fn claim(&mut self, committed: &Committed, lazy: bool) -> B256 {
        let roots = committed.trees().map(|tree| B256::from(tree.blob().root));
        let call = IDisputes::claimCall {
            jobId: JOB,
            modelId: self.model_id,
            inputRoot: roots.input,
            outputRoot: roots.output,
            traceRoot: if lazy { B256::ZERO } else { roots.trace },
            seal: keccak256((WORKER, JOB, false, SALT).abi_encode()),
            input: Bytes::new(),
        };
        self.world.send(Route { value: BOND, ..route(WORKER, DISPUTES) }, &call)
    }

    fn challenge(&mut self, claim: B256, part: Part) -> U256 {
        let bond = self.world.send(route(CHALLENGER, DISPUTES), &IDisputes::challengeBondCall { claimId: claim });
        let call = IDisputes::challengeCall { claimId: claim, tree: part };
        self.world.send(Route { value: bond.to(), ..route(CHALLENGER, DISPUTES) }, &call)
    }

    /// The worker shows a node of what it committed to; the challenger gets what it says.
    fn answer(&mut self, claim: B256, part: Part, (tree, node): (&Tree<'_>, Node)) {
        let route = route(WORKER, DISPUTES);
        if node.is_bytes() {
            let run = node.chunks(&tree.blob());
            let values = tree.values_beside(&run).expect("inside").into_iter().map(B256::from).collect();
            let data = tree.data(&run).expect("inside").into();
            let call = IDisputes::answerWithBytesCall { claimId: claim, tree: part, index: node.index, data, values };
            self.world.send(route, &call);
        } else {
            let values = tree.values(&node).into_iter().map(B256::from).collect();
            let Node { level, index } = node;
            let call = IDisputes::answerCall { claimId: claim, tree: part, level, index, values };
            self.world.send(route, &call);
        }
    }

    /// A thread's descent from the root of a part to the first byte that differs from the challenger's own.
    fn descend<'a>(
        &mut self,
        claim: B256,
        (thread, part): (U256, Part),
        (own, theirs): (&'a Tree<'a>, &Tree<'_>),
    ) -> (Shown<'a>, u64, usize) {
        let mut shown = Shown::nothing(own, theirs.blob().root);
        for answers in 1.. {
            let node = shown.node();
            self.answer(claim, part, (theirs, node));
            if node.is_bytes() {
                let bytes = theirs.data(&node.chunks(&theirs.blob())).expect("inside");
                let first = shown.difference(&bytes).expect("the two differ");
                return (shown, first, answers);
            }
            let values = theirs.values(&node);
            let child = shown.descend(&values).expect("the two differ");
            let values = values.into_iter().map(B256::from).collect();
            let call = IDisputes::descendCall { thread, values, child: U256::from(child) };
            self.world.send(route(CHALLENGER, DISPUTES), &call);
        }
        unreachable!("levels fall")
    }

    fn refutation(&self, claim: B256, place: Place, proof: Vec<u8>) -> IDisputes::refuteCall {
        let model = self.model.commitment().encode();
        let Place { op, element } = place;
        IDisputes::refuteCall { claimId: claim, model: model.into(), op, element, proof: proof.into() }
    }

    /// The proof of a place out of what is known of each part.
    fn proof(&self, known: Work<&dyn Opened>, place: Place) -> Vec<u8> {
        let evidence = Evidence::of(self.model.image()).expect("a model");
        evidence.prove(known, place).expect("all that it takes is known")
    }

    fn refute(&mut self, claim: B256, place: Place, proof: Vec<u8>) {
        self.world.now += 10;
        let call = self.refutation(claim, place, proof);
        self.world.send(route(CHALLENGER, DISPUTES), &call);
    }

    fn ending(&mut self, claim: B256) -> (IDisputes::Phase, IDisputes::Reason) {
        let found = self.world.send(route(WORKER, DISPUTES), &IDisputes::claimOfCall { claimId: claim });
        (found.phase, found.reason)
    }

    fn credit(&mut self, account: Address) -> u128 {
        self.world.send(route(account, DISPUTES), &ICredits::creditOfCall { account }).to()
    }
}
