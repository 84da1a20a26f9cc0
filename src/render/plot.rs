//! The course of a migration as a picture (SVG).

use std::fmt::Display;

use plotters::prelude::*;
use thiserror::Error;

use super::measure::{size, time};
use super::text::escaped;
use crate::model::{Forecast, Specification};

pub(super) const SIZE: (u32, u32) = (960, 540);
pub(super) const LINE: RGBColor = RGBColor(31, 95, 160);
pub(super) const SYNC: RGBColor = RGBColor(150, 150, 150);
const LIMIT: RGBColor = RGBColor(190, 110, 0);
pub(super) const STOP: RGBColor = RGBColor(180, 40, 40);
pub(super) const TEXT: RGBColor = RGBColor(50, 50, 50);
/// More rounds are drawn in part.
const MOST_ROUNDS: usize = 1500;
/// More rounds are not numbered.
const MOST_NUMBERS: usize = 24;

/// A picture that could not be drawn.
#[derive(Debug, Error)]
#[error("the picture can't be drawn: {0}")]
pub struct PlotError(String);

pub(super) fn failed(error: impl Display) -> PlotError {
    PlotError(error.to_string())
}

/// Remaining memory over time, with rounds, threshold and the stop of the VM.
///
/// # Errors
/// Never in practice: it is drawn into a text.
pub fn plot(spec: &Specification, forecast: &Forecast) -> Result<String, PlotError> {
    let mut text = String::new();
    draw(&mut text, &Course::of(spec, forecast)).map_err(failed)?;
    Ok(text)
}

/// What is drawn; sizes in bytes, times in ms.
struct Course {
    title: String,
    /// Time and memory left, corner by corner.
    points: Vec<(f64, f64)>,
    /// Round and time at which a sync began it.
    syncs: Vec<(u32, f64)>,
    threshold: f64,
    /// When the VM is stopped, or moved, and how long it stands still.
    stop: Option<(f64, f64)>,
    end: f64,
    /// Least and most memory on the scale.
    scale: (f64, f64),
}

impl Course {
    fn of(spec: &Specification, forecast: &Forecast) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a picture needs few digits")]
        let (page, pages) = (spec.page_bytes as f64, spec.pages() as f64);
        let is_moved = forecast.outcome.is_moved();
        let mut points = vec![(0.0, pages * page)];
        let mut syncs = Vec::new();
        for round in forecast.rounds.iter().step_by(forecast.rounds.len() / MOST_ROUNDS + 1) {
            let end = round.start_ms + round.duration_ms;
            let known = round.known_dirty_pages;
            if !is_moved && known + round.newly_dirty_pages <= 0.0 {
                continue;
            }
            syncs.push((round.iteration, round.start_ms));
            points.push((end, (known - round.newly_dirty_pages).max(0.0) * page));
            points.push((end, known * page));
        }
        let stop = is_moved.then(|| stop(forecast));
        if let Some((at, _)) = stop {
            if forecast.downtime_bytes > 0.0 {
                points.push((at, forecast.downtime_bytes));
            }
            points.push((forecast.total_ms, 0.0));
        }
        Self {
            title: title(forecast),
            scale: scale(&points, forecast.threshold_bytes, page),
            points,
            syncs,
            threshold: forecast.threshold_bytes,
            stop,
            end: forecast.total_ms.max(1.0),
        }
    }

    /// The corners with points between them, since straight lines are none on a logarithmic scale.
    fn curve(&self) -> Vec<(f64, f64)> {
        let steps = (6000 / self.points.len().max(1)).clamp(2, 60);
        let mut curve = Vec::new();
        for pair in self.points.windows(2) {
            let [(from, before), (to, after)] = [pair[0], pair[1]];
            let steps = if to > from { steps } else { 1 };
            for step in 0..steps {
                #[expect(clippy::cast_precision_loss, reason = "a few steps")]
                let part = step as f64 / steps as f64;
                curve.push((from + (to - from) * part, before + (after - before) * part));
            }
        }
        curve.extend(self.points.last());
        curve.into_iter().map(|(at, left)| (at, left.clamp(self.scale.0, self.scale.1))).collect()
    }
}

/// From below whatever counts to above the whole memory.
fn scale(points: &[(f64, f64)], threshold: f64, page: f64) -> (f64, f64) {
    let sizes = || points.iter().map(|(_, left)| *left);
    let most = sizes().fold(page * 4.0, f64::max);
    let after_sync = points.iter().skip(2).step_by(2).map(|(_, left)| *left);
    let counts = after_sync.chain([threshold]).filter(|it| *it >= page);
    let least = counts.fold(most / 16.0, f64::min);
    ((least / 4.0).max(page), most * 1.6)
}

/// When the VM no longer runs on the source, and for how long it then runs nowhere. In post-copy
/// that is where the last round begins, which pushes the rest.
fn stop(forecast: &Forecast) -> (f64, f64) {
    let last = forecast.rounds.last().filter(|it| {
        forecast.downtime_bytes <= 0.0 && it.known_dirty_pages + it.newly_dirty_pages <= 0.0
    });
    let at = match last {
        Some(pushed) if pushed.iteration > 0 => pushed.start_ms,
        _ => forecast.total_ms - forecast.downtime_ms,
    };
    (at.max(0.0), forecast.downtime_ms)
}

fn title(forecast: &Forecast) -> String {
    let name = escaped(&forecast.name);
    let name = if name.is_empty() { "Migration".to_owned() } else { name };
    let total = time(forecast.total_ms);
    if forecast.outcome.is_moved() {
        let downtime = time(forecast.downtime_ms);
        format!("{name}: {} after {total}, downtime {downtime}", forecast.outcome.name())
    } else {
        format!("{name}: {} (shown up to {total})", forecast.outcome.name())
    }
}

pub(super) type Drawn<T> = Result<T, DrawingAreaErrorKind<std::io::Error>>;

fn draw(text: &mut String, course: &Course) -> Drawn<()> {
    let root = SVGBackend::with_string(text, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (least, most) = course.scale;
    let mut chart = ChartBuilder::on(&root)
        .caption(&course.title, font(22, TEXT))
        .margin(16)
        .x_label_area_size(48)
        .y_label_area_size(88)
        .build_cartesian_2d(0.0..course.end * 1.02, (least..most).log_scale().base(4.0))?;
    let (unit, unit_ms) = unit(course.end);
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(SYNC.mix(0.25))
        .axis_style(TEXT)
        .label_style(font(14, TEXT))
        .x_labels(10)
        .y_labels(9)
        .x_label_formatter(&|ms| format!("{}", (ms / unit_ms * 100.0).round() / 100.0))
        .y_label_formatter(&|bytes| size(*bytes))
        .x_desc(format!("{unit} since the start"))
        .y_desc("memory left to send")
        .draw()?;
    marks(&mut chart, course)?;
    let line = LINE.stroke_width(2);
    chart
        .draw_series(LineSeries::new(course.curve(), line))?
        .label("memory left")
        .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], line));
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::MiddleLeft)
        .background_style(WHITE.mix(0.85))
        .border_style(SYNC.mix(0.5))
        .label_font(font(14, TEXT))
        .draw()?;
    root.present()
}

pub(super) fn font(size: u32, colour: RGBColor) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&colour)
}

type Chart<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<
        plotters::coord::types::RangedCoordf64,
        plotters::coord::combinators::LogCoord<f64>,
    >,
>;

/// Syncs, the threshold, and where the VM stops.
fn marks(chart: &mut Chart<'_, '_>, course: &Course) -> Drawn<()> {
    let (least, most) = course.scale;
    let is_numbered = course.syncs.len() <= MOST_NUMBERS;
    let fine = SYNC.mix(if is_numbered { 0.7 } else { 0.25 }).stroke_width(1);
    let upright = |at: f64| [(at, least), (at, most)];
    let lines = course.syncs.iter().map(|(_, at)| PathElement::new(upright(*at), fine));
    chart
        .draw_series(lines)?
        .label("rounds, from bitmap sync to bitmap sync")
        .legend(move |(x, y)| PathElement::new([(x + 9, y - 6), (x + 9, y + 6)], fine));
    if is_numbered {
        let number = |(round, at): &(u32, f64)| {
            Text::new(format!(" {round}"), (*at, most * 0.97), font(12, SYNC))
        };
        chart.draw_series(course.syncs.iter().map(number))?;
    }
    if let Some((at, lasts)) = course.stop {
        let shade = STOP.mix(0.2).filled();
        let area = Rectangle::new([(at, least), ((at + lasts).min(course.end), most)], shade);
        chart.draw_series([area])?;
        chart
            .draw_series([PathElement::new(upright(at), STOP)])?
            .label(format!("VM stopped for {}", time(lasts)))
            .legend(|(x, y)| Rectangle::new([(x, y - 6), (x + 18, y + 6)], STOP.mix(0.4).filled()));
    }
    if course.threshold >= least {
        let limit = [(0.0, course.threshold), (course.end, course.threshold)];
        let style = LIMIT.stroke_width(1);
        chart
            .draw_series(DashedLineSeries::new(limit, 6, 4, style))?
            .label(format!("stops below {}", size(course.threshold)))
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
    }
    Ok(())
}

/// A unit that suits a time, and how many ms it has.
fn unit(ms: f64) -> (&'static str, f64) {
    match ms {
        _ if ms < 2000.0 => ("milliseconds", 1.0),
        _ if ms < 600_000.0 => ("seconds", 1000.0),
        _ if ms < 18_000_000.0 => ("minutes", 60_000.0),
        _ => ("hours", 3_600_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration;
    use crate::model::Group;

    fn drawn(writes_per_s: f64) -> String {
        let mut spec = Specification::new(1 << 30);
        spec.name = "<db & \"1\">".to_owned();
        let order = crate::model::WriteOrder::Random;
        spec.groups = vec![Group {
            pages: 50_000,
            writes_per_s,
            first_page: None,
            order,
            cpu_bound: false,
            phases: Vec::new(),
        }];
        plot(&spec, &migration::forecast(&spec).unwrap()).unwrap()
    }

    #[test]
    fn what_counts_is_marked_and_text_is_escaped() {
        let text = drawn(5000.0);
        assert!(text.starts_with("<svg ") && text.ends_with("</svg>\n"), "{text}");
        assert_eq!(text.matches('\n').count(), text.trim_end().matches('\n').count() + 1);
        for words in ["VM stopped for", "stops below", "memory left", "&lt;db &amp; "] {
            assert!(text.contains(words), "{words}\n{text}");
        }
        assert_eq!(text, drawn(5000.0));
    }

    #[test]
    fn what_never_stops_has_no_stop() {
        assert!(!drawn(200_000.0).contains("VM stopped"));
        assert!(drawn(0.0).contains("VM stopped"));
    }
}
