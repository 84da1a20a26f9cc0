//! Total time and downtime over the values of a quantity as a picture (SVG).

use plotters::coord::Shift;
use plotters::coord::combinators::{BindKeyPoints, LogCoord};
use plotters::coord::ranged1d::{AsRangedCoord, ValueFormatter};
use plotters::prelude::*;

use super::measure::time;
use super::plot::{Drawn, LINE, PlotError, SIZE, STOP, SYNC, TEXT, failed, font};
use super::sweep::Swept;
use super::sweep_axis::ticks;
use super::trials::{noun, subject};
use crate::migration::Spacing;
use crate::model::Trial;

/// Shorter times are drawn as this, ms: a logarithmic scale has no 0.
const LEAST_MS: f64 = 0.1;

impl Swept<'_> {
    /// Total time and downtime of the values that get the VM to the target; the others shaded.
    ///
    /// # Errors
    /// Never in practice: it is drawn into a text.
    pub fn plot(&self) -> Result<String, PlotError> {
        let mut text = String::new();
        draw(&mut text, self).map_err(failed)?;
        Ok(text)
    }

    /// Least and most time on the scale, ms.
    fn times(&self) -> (f64, f64) {
        let moved = self.trials.iter().filter(|it| it.forecast.outcome.is_moved());
        let times = moved.flat_map(|it| [it.forecast.total_ms, it.forecast.downtime_ms]);
        let (least, most) = times.fold((f64::MAX, LEAST_MS), |(least, most), it| {
            (least.min(it.max(LEAST_MS)), most.max(it))
        });
        if least > most { (1.0, 1000.0) } else { (least / 2.0, most * 8.0) }
    }
}

/// A series: what it is called, its colour, and how long it is, ms.
type Course = (&'static str, RGBColor, fn(&Trial) -> f64);

const COURSES: [Course; 2] = [
    ("total time", LINE, |it| it.forecast.total_ms),
    ("downtime", STOP, |it| it.forecast.downtime_ms),
];

fn draw(text: &mut String, swept: &Swept<'_>) -> Drawn<()> {
    let root = SVGBackend::with_string(text, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (_, factor) = swept.axis();
    let values = || swept.trials.iter().map(|it| it.value / factor);
    let range = values().fold(f64::MAX, f64::min)..values().fold(f64::MIN, f64::max);
    match swept.spacing {
        Spacing::Linear => draw_over(&root, swept, range)?,
        Spacing::Log => {
            let ticks = ticks(&range, swept.axis_base());
            draw_over(&root, swept, range.log_scale().with_key_points(ticks))?;
        }
    }
    root.present()
}

type Root<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b, X> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<X, LogCoord<f64>>>;

fn draw_over<A>(root: &Root<'_>, swept: &Swept<'_>, range: A) -> Drawn<()>
where
    A: AsRangedCoord<Value = f64>,
    A::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    let (unit, _) = swept.axis();
    let (least, most) = swept.times();
    let mut chart = ChartBuilder::on(root)
        .caption(format!("{}: time over {}", subject(swept.spec), noun(swept.key)), font(22, TEXT))
        .margin(16)
        .margin_right(32)
        .x_label_area_size(48)
        .y_label_area_size(88)
        .build_cartesian_2d(range, (least..most).log_scale())?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(SYNC.mix(0.25))
        .axis_style(TEXT)
        .label_style(font(14, TEXT))
        .x_labels(10)
        .x_label_formatter(&|value| swept.label(*value))
        .y_label_formatter(&|ms| time(*ms))
        .x_desc(format!("{}{unit}", noun(swept.key)))
        .y_desc("time")
        .draw()?;
    shade(&mut chart, swept)?;
    for course in COURSES {
        lines(&mut chart, swept, course)?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.85))
        .border_style(SYNC.mix(0.5))
        .label_font(font(14, TEXT))
        .draw()?;
    Ok(())
}

/// Values that do not get the VM to the target, each as far as half way to the next.
fn shade<X>(chart: &mut Chart<'_, '_, X>, swept: &Swept<'_>) -> Drawn<()>
where
    X: Ranged<ValueType = f64>,
{
    let ((_, factor), (least, most)) = (swept.axis(), swept.times());
    let value = |place: usize| swept.trials.get(place).map(|it| it.value / factor);
    let middle = |a: f64, b: f64| match swept.spacing {
        Spacing::Linear => f64::midpoint(a, b),
        Spacing::Log => (a * b).sqrt(),
    };
    let lost = swept.trials.iter().enumerate().filter(|(_, it)| !it.forecast.outcome.is_moved());
    let colour = SYNC.mix(0.25).filled();
    let area = |(place, trial): (usize, &Trial)| {
        let own = trial.value / factor;
        let end = |other: Option<f64>| other.map_or(own, |it| middle(own, it));
        let (from, to) = (place.checked_sub(1).and_then(value), value(place + 1));
        Rectangle::new([(end(from), least), (end(to), most)], colour)
    };
    let areas: Vec<_> = lost.map(area).collect();
    if areas.is_empty() {
        return Ok(());
    }
    chart
        .draw_series(areas)?
        .label("does not get to the target")
        .legend(move |(x, y)| Rectangle::new([(x, y - 6), (x + 18, y + 6)], colour));
    Ok(())
}

/// A line through each run of values that get the VM to the target, with a dot for each value.
fn lines<X>(
    chart: &mut Chart<'_, '_, X>,
    swept: &Swept<'_>,
    (name, colour, of): Course,
) -> Drawn<()>
where
    X: Ranged<ValueType = f64>,
{
    let (_, factor) = swept.axis();
    let point = |it: &Trial| (it.value / factor, of(it).max(LEAST_MS));
    let mut is_first = true;
    for run in swept.trials.split(|it| !it.forecast.outcome.is_moved()) {
        let points: Vec<_> = run.iter().map(point).collect();
        let Some(_) = points.first() else { continue };
        chart.draw_series(points.iter().map(|it| Circle::new(*it, 3, colour.filled())))?;
        let line = chart.draw_series(LineSeries::new(points, colour.stroke_width(2)))?;
        if std::mem::take(&mut is_first) {
            line.label(name).legend(move |(x, y)| {
                PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2))
            });
        }
    }
    Ok(())
}
