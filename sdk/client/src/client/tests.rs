use super::*;

#[tokio::test]
async fn an_address_that_is_none_is_refused_with_its_fault() {
    let cases = [
        ("127.0.0.1:8545", "URL"),
        ("ws://127.0.0.1:8545", "expected http"),
        ("https://node.example", "no TLS"),
        ("", "URL"),
    ];
    for (url, fault) in cases {
        let refused = Client::connect(ClientBuilder::new(url)).await.map(drop);
        assert!(matches!(&refused, Err(Error::Settings(words)) if words.contains(fault)), "{url}: {refused:?}");
        let refused = Client::connect(ClientBuilder::new("http://127.0.0.1:1").fallback(url)).await.map(drop);
        assert!(matches!(&refused, Err(Error::Settings(words)) if words.contains(fault)), "{url}: {refused:?}");
    }
}

#[tokio::test]
async fn a_node_that_is_not_there_is_an_error_at_the_deadline() {
    let deadlines =
        Deadlines { request: Duration::from_millis(200), read: Duration::from_millis(300), ..Deadlines::default() };
    let refused = Client::connect(ClientBuilder::new("http://127.0.0.1:1").deadlines(deadlines)).await.map(drop);
    assert!(matches!(refused, Err(Error::Transport { .. })), "{refused:?}");
}
