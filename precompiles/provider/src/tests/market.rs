//! The genesis contracts with the real precompile under them, under Osaka's limits: what the registry takes, a worker can
//! submit in one transaction.

use super::{
    image,
    world::{REQUESTER, Route, TFUEL, TRANSACTION_GAS_MAX, WORKER, World, route},
};
use alloy::{
    primitives::{B256, Bytes, U256, keccak256},
    sol_types::{SolCall as _, SolError as _, SolEvent as _},
};
use edgeloom_bindings::{
    IEdgeProof, IEdgeStaking,
    IJobMarket::{self, JobsPosted, Phase, Request, Ticket},
    IModelRegistry,
    addresses::{EDGE_STAKING, JOB_MARKET, MODEL_REGISTRY},
};
use edgeloom_edge_proof::{Element, GraphBuilder, Limits, MAX_WORK, Model, Rule, Tensor};
use revm::context_interface::result::{EVMError, ExecutionResult, InvalidTransaction};

/// What ModelRegistry's comment derives for a job at both of its limits.
const SUBMIT_GAS_MAX: u64 = 5_050_000;

#[derive(Default)]
struct Market {
    world: World,
    /// Of the newest job.
    model_id: B256,
}

/// An order of one job.
struct Posted {
    order: U256,
    terms: IJobMarket::Terms,
}

impl Market {
    /// Uploads a small image and tries to register it.
    fn register(&mut self, image: Vec<u8>) -> Result<B256, Bytes> {
        let route = route(REQUESTER, MODEL_REGISTRY);
        let chunk = self.world.send(route, &IModelRegistry::uploadCall { chunk: image.into() });
        let call = IModelRegistry::registerCall { chunks: vec![chunk], name: String::new(), metadata: String::new() };
        match self.world.transact(route, call.abi_encode(), TRANSACTION_GAS_MAX).expect("a valid transaction") {
            ExecutionResult::Success { output, .. } => {
                Ok(IModelRegistry::registerCall::abi_decode_returns(output.data()).expect("ABI"))
            }
            ExecutionResult::Revert { output, .. } => Err(output),
            halt => panic!("{halt:?}"),
        }
    }

    /// A job of the model's, taken by the worker, and the calldata of its right answer.
    fn taken(&mut self, image: &[u8], input: &[u8]) -> (Posted, Vec<u8>) {
        self.model_id = self.register(image.to_vec()).expect("the registry takes the model");
        let input = Bytes::copy_from_slice(input);
        let request = Request {
            kind: 1,
            count: 1,
            takeSeconds: 60,
            workSeconds: 60,
            subject: self.model_id,
            inputRoot: keccak256(&input),
            ..Default::default()
        };
        let post = IJobMarket::postCall { request, inputs: input.clone() };
        let route_of_post = Route { value: TFUEL, ..route(REQUESTER, JOB_MARKET) };
        let posted = self.world.transact(route_of_post, post.abi_encode(), TRANSACTION_GAS_MAX);
        let logs = posted.expect("a valid transaction").into_logs();
        let JobsPosted { order, terms, .. } =
            logs.iter().find_map(|log| JobsPosted::decode_log(log).ok()).expect("posted").data;
        self.world.send(Route { value: 10_000 * TFUEL, ..route(WORKER, EDGE_STAKING) }, &IEdgeStaking::bondCall {});
        let take = IJobMarket::takeCall { order, terms: terms.clone(), jobIds: vec![order] };
        self.world.send(route(WORKER, JOB_MARKET), &take);
        let output = Model::parse(image).expect("registered").infer(&input).expect("the input fits").into();
        let ticket = Ticket { jobId: order, inputHash: terms.inputRoot, path: Vec::new() };
        let results = vec![IJobMarket::Result { ticket, output, proof: input }];
        let answer = IJobMarket::settleCall { order, terms: terms.clone(), results }.abi_encode();
        (Posted { order, terms }, answer)
    }

    fn submit(&mut self, answer: &[u8], gas_limit: u64) -> ExecutionResult {
        self.world.transact(route(WORKER, JOB_MARKET), answer.to_vec(), gas_limit).expect("a valid transaction")
    }

    fn phase(&mut self, job: &Posted) -> Phase {
        let (order, terms) = (job.order, job.terms.clone());
        self.world.send(route(REQUESTER, JOB_MARKET), &IJobMarket::jobOfCall { order, terms, jobId: order }).phase
    }

    fn locked(&mut self) -> U256 {
        self.world.send(route(REQUESTER, EDGE_STAKING), &IEdgeStaking::standingOfCall { worker: WORKER }).locked
    }
}

/// Work that leaves few bytes: the largest of each of `rows` vectors that are all the same.
fn busy(graph: &mut GraphBuilder, x: Tensor, rows: usize) {
    graph.argmax(x.vectors(rows, 248, 0), Element::I32);
}

/// As much input as output.
fn even(rows: usize) -> Vec<u8> {
    let mut graph = GraphBuilder::new(247 * 248);
    let x = graph.input();
    busy(&mut graph, x, rows);
    graph.copy(x.vectors(247 * 248, 1, 1));
    graph.within(&Limits::DISPUTED).expect("a well-formed graph")
}

/// Little input and much output, every byte of which is logged as well.
fn wide() -> Vec<u8> {
    let mut graph = GraphBuilder::new(248);
    let x = graph.input();
    busy(&mut graph, x, 6_620);
    graph.copy(x.vectors(490, 248, 0));
    graph.finish().expect("a well-formed graph")
}

/// Within a percent of the kernel's limit and the registry's.
fn dearest() -> Vec<u8> {
    even(4_300)
}

/// No zero is in it, nor in the largest of any part of it.
fn input(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 127) as u8 + 1).collect()
}

#[test]
fn the_dearest_models_that_register_can_be_submitted() {
    for (image, input) in [(dearest(), input(247 * 248)), (wide(), input(248))] {
        submit_within_the_limit(&image, &input);
    }
}

fn submit_within_the_limit(image: &[u8], input: &[u8]) {
    let mut market = Market::default();
    let (job, answer) = market.taken(image, input);
    let model_id = market.model_id;
    let model = market.world.send(route(REQUESTER, MODEL_REGISTRY), &IModelRegistry::modelCall { modelId: model_id });
    assert!((MAX_WORK / 100 * 99..900_000).contains(&model.inferGas), "{} gas", model.inferGas);
    assert!((121_660..=122_880).contains(&(model.inputBytes + model.outputBytes)));

    let too_much = market.world.transact(route(WORKER, JOB_MARKET), answer.clone(), TRANSACTION_GAS_MAX + 1);
    let capped =
        InvalidTransaction::TxGasLimitGreaterThanCap { gas_limit: TRANSACTION_GAS_MAX + 1, cap: TRANSACTION_GAS_MAX };
    assert_eq!(too_much, Err(EVMError::Transaction(capped)));
    let result = market.submit(&answer, SUBMIT_GAS_MAX);
    assert!(result.is_success(), "{result:?}");
    assert_eq!(market.phase(&job), Phase::Settled);
}

#[test]
fn models_beyond_the_limits_are_refused() {
    let mut market = Market::default();
    let dearer = market.register(even(4_350)).expect_err("too much work");
    let expected = IEdgeProof::MalformedModel { rule: Rule::Work.number(), op: 1 };
    assert_eq!(dearer, Bytes::from(expected.abi_encode()));
    let mut graph = GraphBuilder::new(61_441);
    let x = graph.input();
    graph.copy(x);
    let longer = market.register(graph.finish().expect("a well-formed graph")).expect_err("too long");
    let expected = IModelRegistry::AnswerTooLong { length: U256::from(122_882), limit: U256::from(122_880) };
    assert_eq!(longer, Bytes::from(expected.abi_encode()));
}

#[test]
fn a_submission_without_the_gas_for_inference_leaves_the_job_taken() {
    let mut market = Market::default();
    let mut graph = GraphBuilder::new(248);
    let x = graph.input();
    busy(&mut graph, x, 7_500);
    graph.copy(x);
    let (job, answer) = market.taken(&graph.finish().expect("a well-formed graph"), &input(248));
    // Enough for calldata and contract, then for most of the inference.
    for gas_limit in [200_000, 400_000, 600_000] {
        let result = market.submit(&answer, gas_limit);
        assert!(!result.is_success(), "{gas_limit}: {result:?}");
        assert_eq!((market.phase(&job), market.locked()), (Phase::Taken, U256::from(TFUEL)));
    }
    assert!(market.submit(&answer, TRANSACTION_GAS_MAX).is_success());
    assert_eq!((market.phase(&job), market.locked()), (Phase::Settled, U256::ZERO));
}

#[test]
fn no_gas_limit_makes_a_right_answer_wrong() {
    let mut market = Market::default();
    let (job, answer) = market.taken(&image(), &[3, 1, 4, 1, 5, 9, 2, 6]);
    let mut short = 0;
    for gas_limit in (40_000..).step_by(1_999) {
        let result = market.submit(&answer, gas_limit);
        if result.is_success() {
            break;
        }
        short += 1;
        assert_eq!((market.phase(&job), market.locked()), (Phase::Taken, U256::from(TFUEL)), "{gas_limit}");
    }
    assert!(short > 20, "only {short} limits were too low");
    assert_eq!(market.phase(&job), Phase::Settled);
}
