use super::*;

#[test]
fn a_class_is_where_its_number_says() {
    for (place, (class, _)) in CLASSES.iter().enumerate() {
        assert_eq!(*class as usize, place);
    }
}

#[test]
fn methods_are_told_apart_by_what_they_cost() {
    for (method, class) in [
        ("eth_blockNumber", Class::Eth),
        ("eth_call", Class::Execute),
        ("eth_sendRawTransaction", Class::Send),
        ("eth_getLogs", Class::Logs),
        ("eth_subscribe", Class::Subscribe),
        ("debug_traceTransaction", Class::Trace),
        ("ots_getApiLevel", Class::Trace),
        ("txpool_status", Class::Txpool),
        ("edge_status", Class::Edge),
        ("rpc_modules", Class::Node),
        ("evm_mine", Class::Dev),
    ] {
        assert_eq!(Class::of(method), class, "{method}");
    }
}
