use super::{super::report::tests::answers, *};
use ratatui::{Terminal, backend::TestBackend};

fn drawn(page: &Page) -> String {
    let mut terminal = Terminal::new(TestBackend::new(100, 40)).expect("a terminal");
    terminal.draw(|frame| page.draw(frame)).expect("drawn");
    let buffer = terminal.backend().buffer();
    let rows = buffer.content().chunks(100);
    rows.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>() + "\n").collect()
}

#[test]
fn the_page_shows_the_report_and_what_is_wrong() {
    let report = Report::of(&answers(), Err("no metrics at http://x".into())).expect("a report");
    let mut page = Page::new(report.clone());
    let text = drawn(&page);
    assert!(text.contains("Height       1000") && text.contains("no metrics at http://x"), "{text}");
    page.take(Report { height: 1003, ..report });
    assert_eq!(page.blocks, [3]);
    page.fault = Some("no node answers".into());
    let text = drawn(&page);
    assert!(text.contains("Height       1003") && text.contains("no node answers"), "{text}");
}

#[test]
fn only_the_last_looks_are_kept() {
    let report = Report::of(&answers(), Err(String::new())).expect("a report");
    let mut page = Page::new(report.clone());
    for more in 0..LOOKS_MAX as u64 + 5 {
        page.take(Report { height: 1000 + more, ..report.clone() });
    }
    assert_eq!(page.blocks.len(), LOOKS_MAX);
}
