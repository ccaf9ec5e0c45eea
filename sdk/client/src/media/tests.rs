use super::*;

#[test]
fn nobody_is_asked_twice_and_no_more_than_a_gate_has_nodes() {
    let urls: Vec<Url> = (0..40).map(|port| format!("http://127.0.0.1:{port}").parse().expect("URL")).collect();
    let twice: Vec<Url> = urls.iter().chain(&urls).cloned().collect();
    assert_eq!(distinct(&twice), urls.iter().take(32).collect::<Vec<_>>());
    assert_eq!(distinct(&[urls[0].clone(), urls[0].clone()]), [&urls[0]]);
}
