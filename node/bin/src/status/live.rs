//! The page in a terminal: a report every second, until q, Escape or Ctrl-C.

use super::{Doors, Report};
use eyre::{Result, WrapErr};
use ratatui::{
    DefaultTerminal, Frame,
    crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers},
    layout::{Constraint, Layout},
    style::{Color, Style, Stylize as _},
    text::{Line, Span},
    widgets::{Block, Paragraph, Sparkline},
};
use std::{collections::VecDeque, time::Duration};

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(1);
/// How many of the last looks are drawn.
const LOOKS_MAX: usize = 120;

/// Shows the page until it is left.
///
/// # Errors
/// When no node answers the first time, or the terminal fails.
pub(super) async fn show(doors: Doors) -> Result<()> {
    // What is wrong at the beginning is said as any error is.
    let mut page = Page::new(doors.ask().await?);
    let mut terminal = ratatui::try_init().wrap_err("the terminal cannot show a page: use --once")?;
    let ended = run(&mut terminal, &mut page, &doors).await;
    ratatui::restore();
    ended
}

async fn run(terminal: &mut DefaultTerminal, page: &mut Page, doors: &Doors) -> Result<()> {
    loop {
        terminal.draw(|frame| page.draw(frame))?;
        let left = tokio::task::spawn_blocking(leaves_within).await?;
        if left? {
            return Ok(());
        }
        match doors.ask().await {
            Ok(report) => page.take(report),
            Err(error) => page.fault = Some(format!("{error:#}")),
        }
    }
}

/// Whether somebody wants to leave, looked for until the pause is over.
fn leaves_within() -> Result<bool> {
    let ends = std::time::Instant::now() + PAUSE;
    while event::poll(ends.saturating_duration_since(std::time::Instant::now()))? {
        let Event::Key(key) = event::read()? else { continue };
        let is_interrupt = key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
        let is_end = matches!(key.code, KeyCode::Char('q') | KeyCode::Esc);
        if key.kind == KeyEventKind::Press && (is_interrupt || is_end) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What is drawn.
struct Page {
    report: Report,
    /// Blocks that became final between two looks, the newest last.
    blocks: VecDeque<u64>,
    /// Why the last look failed: what is drawn is of the one before.
    fault: Option<String>,
}

impl Page {
    const fn new(report: Report) -> Self {
        Self { report, blocks: VecDeque::new(), fault: None }
    }

    fn take(&mut self, report: Report) {
        self.blocks.push_back(report.height.saturating_sub(self.report.height));
        if self.blocks.len() > LOOKS_MAX {
            self.blocks.pop_front();
        }
        (self.report, self.fault) = (report, None);
    }

    fn draw(&self, frame: &mut Frame<'_>) {
        let lines: Vec<_> = self.report.lines().into_iter().map(|(what, how)| line(what, how)).collect();
        let mut notes: Vec<_> =
            self.report.warnings().into_iter().map(|warning| Line::from(warning).fg(Color::Yellow)).collect();
        notes.extend(self.report.no_metrics.iter().map(|reason| Line::from(reason.as_str()).fg(Color::DarkGray)));
        notes.extend(self.fault.iter().map(|fault| Line::from(fault.as_str()).fg(Color::Red)));
        if notes.is_empty() {
            notes.push(Line::from("nothing to look after").fg(Color::Green));
        }
        let heights = [lines.len() as u16 + 2, notes.len() as u16 + 2, 5].map(Constraint::Length);
        let [top, middle, bottom] = Layout::vertical(heights).areas(frame.area());
        frame.render_widget(Paragraph::new(lines).block(Block::bordered().title(" edgeloom ")), top);
        frame.render_widget(Paragraph::new(notes).block(Block::bordered().title(" notes ")), middle);
        let blocks: Vec<_> = self.blocks.iter().copied().collect();
        let drawn = Sparkline::default().data(blocks).block(Block::bordered().title(" blocks a second · q leaves "));
        frame.render_widget(drawn, bottom);
    }
}

fn line(what: &'static str, how: String) -> Line<'static> {
    Line::from(vec![Span::styled(format!("{what:<12} "), Style::new().fg(Color::Cyan)), Span::raw(how)])
}

#[cfg(test)]
mod tests;
