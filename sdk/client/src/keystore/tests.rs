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
    assert!(matches!(open(Some(&keystore), Some(&wrong)), Err(KeystoreError::Keystore { .. })));
    assert!(matches!(create(&keystore, &password), Err(KeystoreError::Exists(_))));
    let text = fs::read_to_string(&keystore).expect("readable");
    assert!(text.contains("\"crypto\""), "the standard format");
    let mode = fs::metadata(&keystore).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "nobody else can read it");
    let files = fs::read_dir(dir.path().join("keys")).expect("readable").count();
    assert_eq!(files, 1, "nothing is left behind");
}

#[test]
fn what_is_missing_is_named() {
    let dir = tempfile::tempdir().expect("directory");
    let password = dir.path().join("password");
    fs::write(&password, "\n").expect("written");
    assert_eq!(open(None, None).expect_err("refused").to_string(), "no --keystore is given");
    let refused = create(&dir.path().join("worker.json"), &password).expect_err("refused");
    assert!(matches!(refused, KeystoreError::NoPassword(_)));
}

#[test]
fn a_key_that_appeared_meanwhile_is_not_overwritten() {
    let dir = tempfile::tempdir().expect("directory");
    let (written, keystore) = (dir.path().join("new"), dir.path().join("worker.json"));
    fs::write(&written, "new").expect("written");
    fs::write(&keystore, "old").expect("written");
    assert!(matches!(place(&written, &keystore, dir.path()), Err(KeystoreError::Exists(_))));
    assert_eq!(fs::read_to_string(&keystore).expect("there"), "old");
}
