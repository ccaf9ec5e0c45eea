use super::*;
use std::fs;

#[test]
fn a_file_is_replaced_as_a_whole() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let (path, old) = (folder.path().join("file"), folder.path().join("old"));
    write(&path, "first").expect("writable");
    // A second name of the same file: whoever writes into the file changes both.
    fs::hard_link(&path, &old).expect("same disk");
    write(&path, "second").expect("writable");
    assert_eq!(fs::read_to_string(&path).expect("readable"), "second");
    assert_eq!(fs::read_to_string(&old).expect("readable"), "first");
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 2, "nothing is left over");
    assert!(write(&folder.path().join("none/file"), "text").is_err());
}
