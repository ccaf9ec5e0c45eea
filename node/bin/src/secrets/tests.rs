use super::*;
use std::fs::Permissions;

fn file(text: &str, mode: u32) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("password");
    fs::write(&path, text).expect("written");
    fs::set_permissions(&path, Permissions::from_mode(mode)).expect("ours");
    (folder, path)
}

#[test]
fn a_password_is_the_first_line_of_a_file_that_is_its_owner_s_alone() {
    let (_folder, path) = file("correct horse\nnot this\n", 0o600);
    assert_eq!(password(Some(&path)).expect("readable").as_str(), "correct horse");
    for mode in [0o640, 0o604, 0o660] {
        let (_folder, path) = file("correct horse", mode);
        let refused = password(Some(&path)).expect_err("others read it").to_string();
        assert!(refused.contains("chmod 600") && refused.contains(&format!("{mode:04o}")), "{refused}");
    }
}

#[test]
fn what_is_no_password_is_said() {
    for (text, says) in [("\nsecond", "empty"), ("", "empty"), ("pässword", "ASCII"), ("a\tb", "ASCII")] {
        let (_folder, path) = file(text, 0o600);
        let refused = password(Some(&path)).expect_err("no password").to_string();
        assert!(refused.contains(says), "{refused}");
    }
    let refused = password(Some(Path::new("/nowhere/password"))).expect_err("no file").to_string();
    assert!(refused.contains("/nowhere/password"), "{refused}");
}

#[test]
fn a_file_too_large_for_a_secret_is_not_read() {
    let (_folder, path) = file(&"x".repeat(FILE_BYTES_MAX as usize + 1), 0o600);
    assert!(read(&path).expect_err("too large").to_string().contains("no file of secrets"));
}
