use super::*;

#[test]
fn a_key_is_made_once_and_opens_with_its_password_only() {
    let dir = tempfile::tempdir().expect("directory");
    let (keystore, password, wrong) =
        (dir.path().join("keys/worker.json"), dir.path().join("password"), dir.path().join("wrong"));
    fs::write(&password, "correct horse\nsecond line\n").expect("written");
    fs::write(&wrong, "battery\n").expect("written");
    let made = create(&keystore, &password).expect("made").address();
    assert_eq!(open(Some(&keystore), Some(&password)).expect("opens").address(), made);
    assert!(matches!(open(Some(&keystore), Some(&wrong)), Err(AccountError::Keystore { .. })));
    assert!(matches!(create(&keystore, &password), Err(AccountError::Exists(_))));
    let text = fs::read_to_string(&keystore).expect("readable");
    assert!(text.contains("\"crypto\""), "the standard format");
}

#[test]
fn what_is_missing_is_named() {
    let dir = tempfile::tempdir().expect("directory");
    let password = dir.path().join("password");
    fs::write(&password, "\n").expect("written");
    assert_eq!(open(None, None).expect_err("refused").to_string(), "no --keystore is given");
    let refused = create(&dir.path().join("worker.json"), &password).expect_err("refused");
    assert!(matches!(refused, AccountError::NoPassword(_)));
}
