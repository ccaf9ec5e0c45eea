//! The plots, SVG.

use crate::{
    cast::WEI,
    measures::{Day, Part},
    report::spreads,
    year::Year,
};
use eyre::{Result, eyre};
use plotters::backend::SVGBackend;
use plotters::{
    chart::{ChartBuilder, SeriesLabelPosition},
    drawing::IntoDrawingArea,
    element::{PathElement, Rectangle},
    series::LineSeries,
    style::{BLACK, Color as _, RGBColor, WHITE},
};

pub(crate) const SIZE: (u32, u32) = (900, 480);
/// Okabe and Ito's, which everybody can tell apart.
pub(crate) const COLOURS: [RGBColor; 5] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
];

/// What a plot of lines says around them.
pub(crate) struct Axes<'a> {
    pub(crate) title: &'a str,
    pub(crate) x: &'a str,
    pub(crate) y: &'a str,
    pub(crate) y_range: std::ops::Range<f64>,
}

/// Lines over days, each with what it shows.
struct Lines<'a> {
    title: &'a str,
    unit: &'a str,
    /// The least that the axis shows; zero where lines rise from there.
    least: f64,
    series: Vec<(&'a str, Vec<(f64, f64)>)>,
}

impl Year {
    /// Files by name.
    ///
    /// # Errors
    /// What the plotting library says.
    pub fn plots(&self) -> Result<Vec<(&'static str, String)>> {
        Ok(vec![
            ("staking-rewards.svg", self.rewards()?),
            ("staking-stake.svg", lines(&self.stake())?),
            ("staking-reserve.svg", lines(&self.reserve())?),
            ("staking-burned.svg", lines(&self.burned())?),
            ("staking-gini.svg", lines(&self.gini())?),
            ("staking-nakamoto.svg", lines(&self.nakamoto())?),
        ])
    }

    fn daily(&self, value: impl Fn(&Day) -> f64) -> Vec<(f64, f64)> {
        self.days.iter().zip(1..).map(|(day, number): (_, u32)| (f64::from(number), value(day))).collect()
    }

    fn by_part(&self, value: impl Fn(&Part) -> f64) -> Vec<(f64, f64)> {
        self.parts.iter().map(|part| (part.day as f64, value(part))).collect()
    }

    fn stake(&self) -> Lines<'_> {
        let series = vec![
            ("validators, THETA", self.daily(|day| millions(day.validators))),
            ("guardians, THETA", self.daily(|day| millions(day.guardians))),
            ("edge nodes, TFUEL", self.daily(|day| millions(day.edge))),
        ];
        Lines { title: "Stake by role", unit: "million tokens", least: 0.0, series }
    }

    fn reserve(&self) -> Lines<'_> {
        let start = crate::founding::RESERVE as f64 / 1e6;
        let spent = self.daily(|day| start - millions(day.reserve));
        let released = self.by_part(|part| millions(part.released.0 + part.released.1));
        let back = self.by_part(|part| millions(part.given_back));
        let series = vec![("released", released), ("given back", back), ("gone from the reserve", spent)];
        Lines { title: "The reserve of 45,000 million TFUEL", unit: "million TFUEL since genesis", least: 0.0, series }
    }

    fn burned(&self) -> Lines<'_> {
        let series = vec![
            ("TFUEL, base fees", self.daily(|day| millions(day.fees_burned) * 1e3)),
            ("TFUEL, market fees and slashes", self.daily(|day| millions(day.burned) * 1e3)),
            ("THETA, slashes", self.daily(|day| millions(day.theta_burned) * 1e3)),
        ];
        Lines { title: "Burned", unit: "thousand tokens since genesis", least: 0.0, series }
    }

    fn gini(&self) -> Lines<'_> {
        let series = (0..5).map(|place| (self.name(place), self.by_part(|part| spreads(part)[place].1.gini)));
        Lines { title: "How uneven stake is", unit: "Gini coefficient", least: 0.0, series: series.collect() }
    }

    fn nakamoto(&self) -> Lines<'_> {
        let of = |place: usize| self.by_part(move |part| spreads(part)[place].1.nakamoto as f64);
        // Stakers are too many for the same axis; the lines have their numbers.
        let series = (0..3).map(|place| (self.name(place), of(place)));
        Lines {
            title: "The fewest owners with more than a third of a role's stake",
            unit: "owners",
            least: 0.0,
            series: series.collect(),
        }
    }

    fn name(&self, place: usize) -> &'static str {
        self.parts.first().map_or("", |part| spreads(part)[place].0)
    }

    /// Bars, a group for each part.
    fn rewards(&self) -> Result<String> {
        let parts: Vec<_> =
            self.tallies.parts.iter().map(|t| [t.validators, t.guardians, t.capacity, t.work].map(millions)).collect();
        let names = ["validators", "guardians", "edge nodes, capacity", "edge nodes, work"];
        let top = parts.iter().flatten().copied().fold(0.0, f64::max) * 1.5;
        let mut svg = String::new();
        {
            let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
            area.fill(&WHITE).map_err(failed)?;
            let mut chart = ChartBuilder::on(&area)
                .caption("Rewards by role", ("sans-serif", 22))
                .margin(14)
                .x_label_area_size(44)
                .y_label_area_size(70)
                .build_cartesian_2d(0.5..parts.len() as f64 + 0.5, 0.0..top.max(f64::MIN_POSITIVE))
                .map_err(failed)?;
            chart
                .configure_mesh()
                .disable_x_mesh()
                .light_line_style(WHITE)
                .x_labels(parts.len())
                .x_label_formatter(&|part| format!("{part:.0}"))
                .x_desc(if self.days.len() >= 360 { "month" } else { "part of the time" })
                .y_desc("million TFUEL")
                .label_style(("sans-serif", 14))
                .draw()
                .map_err(failed)?;
            for (place, name) in names.into_iter().enumerate() {
                let style = COLOURS[place].filled();
                let left = |part: usize| part as f64 + 0.6 + 0.2 * place as f64;
                let bar = |(part, amounts): (usize, &[f64; 4])| {
                    Rectangle::new([(left(part), 0.0), (left(part) + 0.19, amounts[place])], style)
                };
                let drawn = chart.draw_series(parts.iter().enumerate().map(bar)).map_err(failed)?;
                drawn.label(name).legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 14, y + 5)], style));
            }
            legend(&mut chart, SeriesLabelPosition::UpperLeft)?;
            area.present().map_err(failed)?;
        }
        Ok(svg)
    }
}

type Chart<'a, 'b> = plotters::chart::ChartContext<
    'a,
    SVGBackend<'b>,
    plotters::coord::cartesian::Cartesian2d<
        plotters::coord::types::RangedCoordf64,
        plotters::coord::types::RangedCoordf64,
    >,
>;

fn legend<'b>(chart: &mut Chart<'b, 'b>, position: SeriesLabelPosition) -> Result<()> {
    chart
        .configure_series_labels()
        .position(position)
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.3))
        .label_font(("sans-serif", 14))
        .draw()
        .map_err(failed)
}

fn lines(lines: &Lines<'_>) -> Result<String> {
    let points = lines.series.iter().flat_map(|(_, points)| points);
    // Room for the legend.
    let top = points.map(|(_, value)| *value).fold(0.0, f64::max) * (1.15 + 0.08 * lines.series.len() as f64);
    let y_range = lines.least..top.max(1e-9);
    lines_over(&lines.series, &Axes { title: lines.title, x: "days since genesis", y: lines.unit, y_range })
}

/// Lines from 0 on, each with its name.
pub(crate) fn lines_over(series: &[(&str, Vec<(f64, f64)>)], axes: &Axes<'_>) -> Result<String> {
    let furthest = series.iter().flat_map(|(_, points)| points).map(|(x, _)| *x).fold(0.0, f64::max);
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        area.fill(&WHITE).map_err(failed)?;
        let mut chart = ChartBuilder::on(&area)
            .caption(axes.title, ("sans-serif", 22))
            .margin(14)
            .x_label_area_size(44)
            .y_label_area_size(70)
            .build_cartesian_2d(0.0..furthest, axes.y_range.clone())
            .map_err(failed)?;
        let digits = if furthest > 2.0 { 0 } else { 2 };
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .x_label_formatter(&|x| format!("{x:.digits$}"))
            .x_desc(axes.x)
            .y_desc(axes.y)
            .label_style(("sans-serif", 14))
            .draw()
            .map_err(failed)?;
        for ((name, points), colour) in series.iter().zip(COLOURS) {
            let style = colour.stroke_width(2);
            let drawn = chart.draw_series(LineSeries::new(points.iter().copied(), style)).map_err(failed)?;
            drawn.label(*name).legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
        }
        // Where lines that fall, or that rise, leave room.
        let falls = axes.y_range.start < 0.0;
        legend(&mut chart, if falls { SeriesLabelPosition::UpperRight } else { SeriesLabelPosition::UpperLeft })?;
        area.present().map_err(failed)?;
    }
    Ok(svg)
}

fn millions(wei: u128) -> f64 {
    wei as f64 / WEI as f64 / 1e6
}

pub(crate) fn failed(error: impl std::fmt::Display) -> eyre::Report {
    eyre!("a plot: {error}")
}
