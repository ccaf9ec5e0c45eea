use super::*;

#[test]
fn what_nodes_say_is_told_once() {
    let urls: Vec<Url> =
        ["http://a.example/", "http://b.example/", "http://c.example/"].map(|url| url.parse().expect("URL")).into();
    let refused = |url: &Url| Error::Answer(format!("{url}gates/1/parts: 403 Forbidden: not yours"));
    let mut said = BTreeMap::<_, Vec<_>>::new();
    for url in &urls[..2] {
        said.entry(words(url, refused(url))).or_default().push(url);
    }
    let busy = Error::Answer("http://c.example/gates/1/parts: 503 Service Unavailable: full".to_owned());
    said.entry(words(&urls[2], busy)).or_default().push(&urls[2]);
    let told = told(&said);
    assert_eq!(told, "403 Forbidden: not yours (2 nodes); 503 Service Unavailable: full (http://c.example/)");
}

#[test]
fn nobody_is_asked_twice_and_no_more_than_a_gate_has_nodes() {
    let urls: Vec<Url> = (0..40).map(|port| format!("http://127.0.0.1:{port}").parse().expect("URL")).collect();
    let twice: Vec<Url> = urls.iter().chain(&urls).cloned().collect();
    assert_eq!(distinct(&twice), urls.iter().take(32).collect::<Vec<_>>());
    assert_eq!(distinct(&[urls[0].clone(), urls[0].clone()]), [&urls[0]]);
}
