use super::*;
use std::{fs, os::unix::fs::PermissionsExt as _, time::Instant};

/// A program that stands where a compiler would.
fn program(folder: &tempfile::TempDir, script: &str) -> Compiler {
    let path = folder.path().join("solc");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    Compiler::Native(path)
}

async fn run(script: &str, limits: Limits) -> Result<String, CompileError> {
    let folder = tempfile::tempdir().unwrap();
    compile(&program(&folder, script), "input", limits).await
}

#[tokio::test]
async fn it_gets_the_input_and_an_empty_folder_and_no_environment() {
    assert_eq!(
        run("read -r line || true; echo $1 $line", Limits::default()).await.unwrap().trim(),
        "--standard-json input"
    );
    assert_eq!(run("/bin/ls -a", Limits::default()).await.unwrap(), ".\n..\n");
    assert!(!run("/usr/bin/env", Limits::default()).await.unwrap().contains("HOME="));
}

#[tokio::test]
async fn it_is_bounded_in_time_memory_and_answer() {
    let started = Instant::now();
    let slow = Limits { time: Duration::from_millis(300), ..Limits::default() };
    assert!(matches!(run("/bin/sleep 60", slow).await, Err(CompileError::TooSlow(_))));
    assert!(started.elapsed() < Duration::from_secs(10));
    let small = Limits { output: 1000, ..Limits::default() };
    assert!(matches!(run("while :; do echo aaaaaaaa; done", small).await, Err(CompileError::TooLong(1000))));
    // 64 MiB in one variable of a shell that may have 32.
    let tight = Limits { memory: 32 << 20, ..Limits::default() };
    let greedy = "x=$(/usr/bin/head -c 67108864 /dev/zero | /usr/bin/tr '\\0' a); echo ${#x}";
    assert!(matches!(run(greedy, tight).await, Err(CompileError::Failed(..))), "memory is bounded");
    assert_eq!(run(greedy, Limits::default()).await.unwrap().trim(), "67108864");
}

#[tokio::test]
async fn what_it_complains_of_is_told() {
    let failed = run("echo broken >&2; exit 3", Limits::default()).await.unwrap_err().to_string();
    assert!(failed.contains("broken") && failed.contains('3'), "{failed}");
    let missing = compile(&Compiler::Native("/nowhere/solc".into()), "", Limits::default()).await;
    assert!(matches!(missing, Err(CompileError::Start(_))));
}
