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
fn a_taken_port_is_in_no_row() -> Result<()> {
    // Every seventh port of the range: no row of eight is left.
    let held: Vec<_> = RANGE.step_by(7).filter_map(|port| TcpListener::bind(("127.0.0.1", port)).ok()).collect();
    assert!(!held.is_empty());
    assert!(free_ports(8).is_err(), "every row of eight holds a taken port");
    Ok(())
}
