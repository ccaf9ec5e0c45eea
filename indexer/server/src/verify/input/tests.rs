use super::*;

fn with(settings: Value) -> Value {
    json!({ "language": "Solidity", "sources": { "a.sol": { "content": "contract A {}" } }, "settings": settings })
}

#[test]
fn versions_of_releases_are_taken_in_every_spelling() {
    for text in ["0.8.37", "v0.8.37", "v0.8.37+commit.f401782d", "0.8.37+commit.f401782d.Emscripten.clang"] {
        assert_eq!(version(text).unwrap().to_string(), "0.8.37", "{text}");
    }
    for text in ["", "0.8", "latest", "0.8.37-nightly.2026.1.1+commit.f401782d", "../../bin/sh"] {
        assert_eq!(version(text), Err(InputError::Version(text.into())), "{text}");
    }
}

#[test]
fn a_contract_is_named_with_its_file_or_alone() {
    assert_eq!(identifier("src/A.sol:A"), Ok((Some("src/A.sol".into()), "A".into())));
    assert_eq!(identifier("C:/x/A.sol:A$_1"), Ok((Some("C:/x/A.sol".into()), "A$_1".into())));
    assert_eq!(identifier("A"), Ok((None, "A".into())));
    for text in ["", "a.sol:", "a.sol:A B", &"a".repeat(NAME_MAX + 1)] {
        assert_eq!(identifier(text), Err(InputError::Name), "{text}");
    }
}

#[test]
fn nothing_is_fetched_and_no_other_program_is_started() {
    assert!(standard(with(json!({ "optimizer": { "enabled": true } }))).is_ok());
    let urls = json!({ "language": "Solidity", "sources": { "a.sol": { "urls": ["/etc/passwd"] } } });
    assert_eq!(standard(urls), Err(InputError::NoContent("a.sol".into())));
    assert_eq!(standard(with(json!({ "modelChecker": {} }))), Err(InputError::Setting("modelChecker")));
    assert_eq!(standard(json!({ "language": "Vyper", "sources": {} })), Err(InputError::Language("Vyper".into())));
    for not in [json!(1), json!({}), json!({ "language": "Yul" }), with(json!([]))] {
        assert!(matches!(standard(not.clone()), Err(InputError::NotStandard(_))), "{not}");
    }
    let empty = json!({ "language": "Solidity", "sources": {} });
    assert!(matches!(standard(empty), Err(InputError::NotStandard(_))));
    let many: Map<String, Value> = (0..=FILES_MAX).map(|n| (n.to_string(), json!({ "content": "" }))).collect();
    assert_eq!(standard(json!({ "language": "Yul", "sources": many })), Err(InputError::TooManyFiles));
}

#[test]
fn sources_lose_what_is_not_content() {
    let mixed =
        json!({ "language": "Solidity", "sources": { "a": { "content": "", "urls": ["file:///etc/passwd"] } } });
    assert_eq!(standard(mixed).unwrap()["sources"]["a"], json!({ "content": "" }));
}

#[test]
fn the_outputs_are_chosen_here_and_the_settings_stay() {
    let input = selected(&with(json!({ "evmVersion": "osaka", "outputSelection": { "*": { "*": ["*"] } } })));
    assert_eq!(input["settings"]["evmVersion"], "osaka");
    assert!(!input["settings"]["outputSelection"].to_string().contains("\"*\"]"));
    assert_ne!(with_other_comments(&input)["sources"], input["sources"]);
    assert!(appends_trailer(&input) && !appends_trailer(&with(json!({ "metadata": { "appendCBOR": false } }))));
}
