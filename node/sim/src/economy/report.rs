//! Figures and plots of an economy.

use super::{Assumed, Economy, Kind, Published};
use crate::plots::{Axes, COLOURS, SIZE, failed, lines_over};
use eyre::Result;
use plotters::{
    backend::SVGBackend,
    chart::ChartBuilder,
    drawing::IntoDrawingArea,
    element::{Rectangle, Text},
    style::{BLACK, Color as _, WHITE},
};
use serde_json::json;
use std::fmt::Write as _;

impl Economy {
    /// A line of JSON for each strategy, amounts in TFUEL.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut lines = String::new();
        for (strategy, outcome) in &self.played {
            let line = json!({
                "strategy": strategy.name,
                "attacks": strategy.attacks,
                "honest": strategy.honest,
                "rounds": self.settings.rounds,
                "seed": self.settings.seed,
                "mean": outcome.mean,
                "error": outcome.error,
                "ofPrice": outcome.share,
                "best": outcome.best,
                "worst": outcome.worst,
            });
            let _infallible = writeln!(lines, "{line}");
        }
        lines
    }

    /// What the contracts said, and what is assumed.
    #[must_use]
    pub fn asked(&self) -> String {
        self.published.to_string()
    }

    /// For people.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = "| strategy | attacks | TFUEL a round | of a price | best round | worst round |\n|---|---|---|---|---|---|\n".to_owned();
        for (strategy, outcome) in &self.played {
            let name = if strategy.honest { format!("*{}*", strategy.name) } else { strategy.name.to_owned() };
            let _infallible = writeln!(
                table,
                "| {name} | {} | {:.2} ± {:.2} | {:+.2} | {:+.1} | {:+.1} |",
                strategy.attacks, outcome.mean, outcome.error, outcome.share, outcome.best, outcome.worst
            );
        }
        table
    }

    /// Files by name.
    ///
    /// # Errors
    /// What the plotting library says.
    pub fn plots(&self) -> Result<Vec<(&'static str, String)>> {
        Ok(vec![
            ("economy-strategies.svg", self.bars()?),
            ("economy-audits.svg", self.audits()?),
            ("economy-committees.svg", self.committees()?),
        ])
    }

    /// What a strategy gains or loses of a price, cut off where only "far below" matters.
    fn bars(&self) -> Result<String> {
        const LEAST: f64 = -5.0;
        let count = self.played.len() as f64;
        let mut svg = String::new();
        {
            let area =
                SVGBackend::with_string(&mut svg, (SIZE.0, 30 * self.played.len() as u32 + 110)).into_drawing_area();
            area.fill(&WHITE).map_err(failed)?;
            let mut chart = ChartBuilder::on(&area)
                .caption("What a round brings, for each TFUEL of a price (bars at -5 go on)", ("sans-serif", 20))
                .margin(14)
                .x_label_area_size(44)
                .build_cartesian_2d(LEAST - 4.2..1.0, 0.0..count)
                .map_err(failed)?;
            chart
                .configure_mesh()
                .disable_mesh()
                .x_label_formatter(&|share| if *share < LEAST { String::new() } else { format!("{share:+.0}") })
                .disable_y_axis()
                .label_style(("sans-serif", 14))
                .draw()
                .map_err(failed)?;
            for (place, (strategy, outcome)) in self.played.iter().enumerate() {
                let top = count - place as f64;
                let colour = if strategy.honest { COLOURS[2] } else { COLOURS[1] };
                let corners = [(outcome.share.max(LEAST), top - 0.25), (0.0, top - 0.8)];
                chart.draw_series([Rectangle::new(corners, colour.filled())]).map_err(failed)?;
                let label = Text::new(strategy.name, (LEAST - 4.1, top - 0.3), ("sans-serif", 14).into_font_colour());
                chart.draw_series([label]).map_err(failed)?;
            }
            area.present().map_err(failed)?;
        }
        Ok(svg)
    }

    /// Expectations in closed form, of a price that is large beside fixed fees and bonds.
    fn audits(&self) -> Result<String> {
        let Published { fee_share, audit_size, audit_rate, disputable, assumed, .. } = self.published;
        let seen = 1.0 - assumed.liars.powi(audit_size as i32);
        let expected = |rate: f64, bond: f64| (1.0 - rate * seen) * (1.0 - fee_share) - rate * seen * bond;
        let bonds =
            [("bond of 10 prices", 10.0), ("20", 20.0), ("40, as published", disputable.bond_share), ("80", 80.0)];
        let over =
            |bond: f64| (0..=60).map(move |step| (f64::from(step) / 200.0, expected(f64::from(step) / 200.0, bond)));
        let series = bonds.map(|(name, bond)| (name, over(bond).collect::<Vec<_>>()));
        let title = format!("A wrong claim, by the share of claims that are audited (published: {audit_rate})");
        lines_over(&series, &Axes { title: &title, x: "audit rate", y: "gain in prices", y_range: -6.0..1.5 })
    }

    fn committees(&self) -> Result<String> {
        let published = self.published;
        let expected = |liars: f64, committee: u32, quorum: u32| {
            let lied = at_least(committee, quorum, liars);
            let told = at_least(committee, quorum, 1.0 - liars);
            lied * (1.0 - published.fee_share) - told * published.attested.bond_share
        };
        let sizes = [
            ("5 members, 4 decide", 5, 4),
            ("13, 9: as published", published.committee, published.quorum),
            ("25, 17", 25, 17),
        ];
        let over = |committee, quorum| {
            (0..=100)
                .map(move |step| f64::from(step) / 200.0)
                .map(move |liars| (liars, expected(liars, committee, quorum)))
        };
        let series = sizes.map(|(name, committee, quorum)| (name, over(committee, quorum).collect::<Vec<_>>()));
        let title = "Nonsense before a committee, by the share of auditors that lie for it";
        lines_over(&series, &Axes { title, x: "share of liars", y: "gain in prices", y_range: -1.1..1.1 })
    }
}

/// Binomial tail.
fn at_least(draws: u32, least: u32, probability: f64) -> f64 {
    let term = |hits: u32| {
        let ways: f64 = (0..hits).map(|hit| f64::from(draws - hit) / f64::from(hit + 1)).product();
        ways * probability.powi(hits as i32) * (1.0 - probability).powi((draws - hits) as i32)
    };
    (least..=draws).map(term).sum()
}

/// For who reads the report.
impl std::fmt::Display for Published {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Kind { bond_share, bond_min, price_max, .. } = self.disputable;
        let Assumed { liars, proposers, canaries, work, work_audited, work_attested, wrong } = self.assumed;
        write!(
            f,
            "fee {} of a price, {} of it burned; Disputable: bond {bond_share} prices, {bond_min} TFUEL at least, prices up to {price_max}, claim bond {}, {} of claims audited by {} for {:.2} of a price and {} TFUEL at least, deposit {}, entry {:.2} of that; \
             Attested: {} of {} decide, for {:.2} of a price and {} TFUEL at least. Assumed: {liars:.3} of auditors lie, {proposers:.3} of blocks and capacity are the cheat's, {canaries} of audited claims are canaries, {wrong} of others' are wrong, \
             work costs {work} of its price where the chain checks it, {work_audited} where it is claimed, {work_attested} where a committee does it, too",
            self.fee_share,
            self.burn_share,
            self.claim_bond,
            self.audit_rate,
            self.audit_size,
            self.audit_share,
            self.audit_fee_min,
            self.audit_deposit,
            self.entry_share,
            self.quorum,
            self.committee,
            self.committee_share,
            self.committee_fee_min
        )
    }
}

trait FontColour {
    fn into_font_colour(self) -> plotters::style::TextStyle<'static>;
}

impl FontColour for (&'static str, i32) {
    fn into_font_colour(self) -> plotters::style::TextStyle<'static> {
        plotters::style::TextStyle::from(plotters::style::IntoFont::into_font(self)).color(&BLACK)
    }
}
