use super::*;

/// A short run with a fault.
fn slice(gpu: &Gpu, fault: Option<Fault>) -> Tally {
    let soak = Soak { seed: 3, cases: 20_000, minutes: 2.0, adapter: None, plant: None };
    trials(gpu, &soak, fault, &ProgressBar::hidden())
}

#[test]
fn attack_19_a_device_that_computes_otherwise_is_found_before_it_works() {
    let gpu = match Gpu::open(Choice::Any) {
        Ok(gpu) => gpu,
        Err(error) if std::env::var("EDGELOOM_GPU_TESTS").is_ok_and(|value| value == "skip") => {
            return eprintln!("NOT TESTED: {error}");
        }
        Err(error) => panic!("{error}"),
    };
    let clean = slice(&gpu, None);
    assert!(clean.violations.is_empty() && clean.outputs >= 20_000, "{:?}", clean.violations);
    for fault in Fault::value_variants() {
        assert!(!slice(&gpu, Some(*fault)).violations.is_empty(), "{:?} is not found", fault.to_possible_value());
    }
}
