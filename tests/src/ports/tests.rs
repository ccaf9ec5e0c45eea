use super::*;

#[test]
fn a_row_is_free_and_below_the_ports_of_outgoing_connections() -> Result<()> {
    for count in [1, 8, 23] {
        let base = free_ports(count)?;
        assert!(RANGE.contains(&base) && base + count <= RANGE.end);
        let row: Result<Vec<_>, _> = (base..base + count).map(|port| TcpListener::bind(("127.0.0.1", port))).collect();
        assert_eq!(row?.len(), usize::from(count));
    }
    Ok(())
}

#[test]
fn a_taken_port_is_in_no_row() {
    let free = |port| port % 7 != 0;
    for _ in 0..20 {
        let base = row(6, free).expect("between two taken ones");
        assert!((base..base + 6).all(free));
    }
    assert_eq!(row(7, free), None, "every row of seven holds a taken port");
}
