use super::*;
use crate::{GateOwners, Switch};

fn tfuel(amount: u64) -> U256 {
    U256::from(amount) * U256::from(10).pow(U256::from(18))
}

fn verdicts(balance: u64, active: u64, target: Option<u64>) -> [Verdict; 2] {
    let money = Money {
        balance: tfuel(balance),
        active: tfuel(active),
        free: tfuel(active),
        minimum: tfuel(10_000),
        target: target.map(tfuel),
    };
    let checks = funds(money);
    [checks[0].verdict, checks[1].verdict]
}

#[test]
fn money_is_judged_by_what_the_bond_still_needs() {
    assert_eq!(verdicts(20_000, 0, None), [Verdict::Pass, Verdict::Warn]);
    assert_eq!(verdicts(10_000, 0, None), [Verdict::Fail, Verdict::Warn], "1 TFUEL for gas is missing");
    assert_eq!(verdicts(5, 10_000, None), [Verdict::Pass, Verdict::Pass]);
    assert_eq!(verdicts(0, 10_000, None), [Verdict::Warn, Verdict::Pass]);
    assert_eq!(verdicts(5, 10_000, Some(12_000)), [Verdict::Fail, Verdict::Pass]);
}

#[tokio::test]
async fn without_a_node_every_other_check_is_still_made() {
    let dir = tempfile::tempdir().expect("directory");
    let taken = TcpListener::bind("127.0.0.1:0").expect("port");
    let config = Config {
        rpc: vec!["http://127.0.0.1:1".to_owned()],
        index: "http://127.0.0.1:1".to_owned(),
        keystore: None,
        password_file: None,
        data: dir.path().to_owned(),
        listen: taken.local_addr().expect("address"),
        bond: None,
        min_price: U256::ZERO,
        max_parallel: 1,
        memory_max: U256::MAX,
        device: Device::Cpu,
        rounds: Enrolment::Auto,
        bids: Switch::On,
        vouchers: Switch::On,
        media: GateOwners::Anybody,
        letting: None,
        drain_seconds: 1,
    };
    let checks = examine(&config).await;
    let failed = |name: &str| checks.iter().find(|check| check.name == name).expect("checked").verdict;
    assert_eq!((failed("account"), failed("listen"), failed("rpc")), (Verdict::Fail, Verdict::Fail, Verdict::Fail));
    assert_eq!((failed("data"), failed("graphics")), (Verdict::Pass, Verdict::Pass));
    assert_eq!(exit_code(&checks), 1);
    assert!(checks.iter().all(|check| check.verdict == Verdict::Pass || check.fix.is_some()), "each names its cure");
}
