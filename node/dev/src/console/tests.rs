use super::{Console, log::decode};
use crate::{
    Sealed, Solo,
    world::{World, submit},
};
use alloy::{
    primitives::{Address, Bytes, U256, hex, keccak256},
    sol_types::{Panic, Revert, SolError as _, SolValue as _},
};
use edgeloom_state::Store;
use std::{
    io::{self, Write},
    sync::mpsc::{Receiver, Sender, channel},
};

fn call(signature: &str, arguments: Vec<u8>) -> Vec<u8> {
    [&keccak256(signature)[..4], &arguments].concat()
}

#[test]
fn every_word_of_both_libraries_is_known() {
    let who = Address::repeat_byte(0xab);
    let one = U256::from(1);
    for (signature, arguments, line) in [
        ("log()", vec![], String::new()),
        ("log(string)", ("hello",).abi_encode_params(), "hello".into()),
        ("log(uint256)", one.abi_encode(), "1".into()),
        ("log(uint)", one.abi_encode(), "1".into()),
        ("log(int256)", alloy::primitives::I256::MINUS_ONE.abi_encode(), "-1".into()),
        ("logInt(int256)", alloy::primitives::I256::MINUS_ONE.abi_encode(), "-1".into()),
        ("logBytes32(bytes32)", one.abi_encode(), format!("0x{one:064x}")),
        ("logBytes(bytes)", (Bytes::from_static(&[1, 2]),).abi_encode_params(), "0x0102".into()),
        ("log(address,bool)", (who, true).abi_encode_params(), format!("{who} true")),
        ("log(string,uint256)", ("have %d of %s", one).abi_encode_params(), "have 1 of %s".into()),
        (
            "log(string,uint256,uint256,string)",
            ("%d%% %x", one, U256::from(255), "x").abi_encode_params(),
            "1% 0xff x".into(),
        ),
        ("log(bool,uint256,string,address)", (false, one, "a", who).abi_encode_params(), format!("false 1 a {who}")),
    ] {
        assert_eq!(decode(&call(signature, arguments)), line, "{signature}");
    }
    // Selectors as hardhat and foundry publish them.
    assert_eq!(decode(&[&hex!("41304fac")[..], &("hi",).abi_encode_params()].concat()), "hi");
    assert_eq!(decode(&[&hex!("f82c50f1")[..], &one.abi_encode()].concat()), "1");
    for broken in [&[][..], &[1, 2], &hex!("41304fac"), &hex!("ffffffff00")] {
        assert!(decode(broken).starts_with("(unknown"), "{broken:?}");
    }
    assert_eq!(
        decode(&call("log(string)", ("a\n\u{1b}[2J",).abi_encode_params())),
        "a\\n\\u{1b}[2J",
        "moves no cursor"
    );
}

struct Pipe(Sender<String>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8(bytes.to_vec()).expect("text");
        self.0.send(text).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn start(world: &World) -> (Solo, crate::Parts, Receiver<String>) {
    let parts = world.parts(Store::memory());
    let store = parts.chain.lock().store().clone();
    let (sender, printed) = channel();
    let console = Console::start(store, crate::world::CHAIN_ID, Pipe(sender)).expect("a thread");
    let config = crate::Config { console: Some(console), ..world.config(None) };
    (Solo::start(config, parts.clone()).expect("starts"), parts, printed)
}

/// Takes a length, a message of that length for the console, and what to revert with.
const SPEAKER: [u8; 35] = hex!("365f5f375f5f5f5160206a636f6e736f6c652e6c6f675afa505f5160200180360390fd");

fn speech(said: &[u8], reverts: &[u8]) -> Bytes {
    [&U256::from(said.len()).to_be_bytes::<32>()[..], said, reverts].concat().into()
}

#[tokio::test]
async fn a_transaction_is_shown_with_what_it_said_and_why_it_failed() {
    let world = World::new();
    let (solo, parts, printed) = start(&world);
    let seal = async |input: Bytes, nonce| {
        let transaction = world.transaction(0, nonce, input);
        submit(&parts, transaction.clone());
        assert_eq!(solo.seal(*transaction.tx_hash()).await.expect("sealed"), Sealed::Included);
        (transaction.tx_hash().to_string(), printed.recv().expect("printed"))
    };
    let (hash, text) = seal(Bytes::new(), 0).await;
    let (from, to) = (world.accounts[0].address(), Address::repeat_byte(0xaa));
    for part in [hash, "Gas          21000 of 21000".into(), format!("{from} → {to}")] {
        assert!(text.contains(&part), "{part} is not in {text}");
    }
    solo.set_code(to, Bytes::from_static(&SPEAKER)).expect("amended");
    let said = call("log(string,uint256)", ("have %d", U256::from(7)).abi_encode_params());
    for (nonce, reverts, reason) in [
        (1, Revert::from("too late").abi_encode(), "reverted: \"too late\""),
        (2, Panic { code: U256::from(0x11) }.abi_encode(), "panicked: panic: arithmetic underflow or overflow (0x11)"),
        (3, vec![], "reverted without a reason"),
        (4, hex!("deadbeef07").to_vec(), "reverted with custom error 0xdeadbeef(07)"),
    ] {
        let (_, text) = seal(speech(&said, &reverts), nonce).await;
        assert!(text.contains("console.log  have 7\n") && text.contains(reason), "{reason}: {text}");
    }
}

#[tokio::test]
async fn who_prints_slowly_holds_up_nobody() {
    let world = World::new();
    let parts = world.parts(Store::memory());
    let store = parts.chain.lock().store().clone();
    let (hold, held) = channel::<()>();
    struct Slow(Receiver<()>, Sender<String>);
    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // Ends when the other side is dropped.
            let _ended = self.0.recv();
            let text = String::from_utf8(bytes.to_vec()).expect("text");
            self.1.send(text).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let (sender, printed) = channel();
    let console = Console::start(store, crate::world::CHAIN_ID, Slow(held, sender)).expect("a thread");
    let solo =
        Solo::start(crate::Config { console: Some(console), ..world.config(None) }, parts.clone()).expect("starts");
    for nonce in 0..300 {
        let transaction = world.transfer(0, nonce);
        submit(&parts, transaction.clone());
        assert_eq!(solo.seal(*transaction.tx_hash()).await.expect("sealed"), Sealed::Included);
    }
    drop(hold);
    let transaction = world.transfer(0, 300);
    // The queue has room again once something of it was printed.
    let mut text = printed.recv().expect("printed") + &printed.recv().expect("printed");
    submit(&parts, transaction.clone());
    solo.seal(*transaction.tx_hash()).await.expect("sealed");
    while !text.contains("Block 301 ") {
        text.push_str(&printed.recv().expect("printed"));
    }
    assert!(text.contains("blocks came too fast to be shown"), "{text}");
    assert!(!text.contains("Block 299 "), "it came too fast");
}
