//! Plans over time as a picture (SVG).

use std::collections::BTreeMap;

use svg::Document;
use svg::node::element::{Group, Line, Rectangle, Style, Text, Title};

use super::words::{bytes_of, name};
use super::{Evacuated, Rolled};
use crate::model::{HostReturn, Move};
use crate::render::measure::time;
use crate::render::text::{count, escaped};

/// Rows that are drawn at most.
const MOST: usize = 400;
const WIDTH: f64 = 1100.0;
const LEFT: f64 = 190.0;
const RIGHT: f64 = 90.0;
const TOP: f64 = 92.0;
const ROW: f64 = 20.0;
/// Labels are cut after so many letters.
const LABEL: usize = 24;
/// Colours that are told apart by most people (Okabe and Ito), without black and yellow.
const COLOURS: [&str; 6] = ["#0072b2", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#e69f00"];
const FAILED: &str = "#c62828";
const STYLE: &str = "text{font-family:DejaVu Sans,Helvetica,Arial,sans-serif;font-size:12px;fill:#212121}\
    .title{font-size:17px;font-weight:bold}.small{font-size:11px;fill:#616161}.end{text-anchor:end}\
    .middle{text-anchor:middle}";

/// A bar of a row, milliseconds.
struct Bar {
    start: f64,
    end: f64,
    colour: &'static str,
    /// What a pointer on it is told.
    about: String,
}

/// A row of bars, with a word behind the last.
struct Row {
    label: String,
    bars: Vec<Bar>,
    behind: String,
}

struct Chart {
    title: String,
    subtitle: String,
    rows: Vec<Row>,
    total: f64,
    legend: Vec<(String, &'static str)>,
}

impl Evacuated<'_> {
    /// A row for each move, coloured by the host that it goes to.
    #[must_use]
    pub fn svg(&self) -> String {
        let plan = self.plan;
        let mut colours: BTreeMap<&str, &'static str> = BTreeMap::new();
        for load in plan.targets.iter().filter(|it| it.takes > 0) {
            let number = colours.len();
            colours.insert(load.node.as_str(), COLOURS[number % COLOURS.len()]);
        }
        let row = |it: &Move| {
            let colour = colours.get(it.to.as_str()).copied().unwrap_or(FAILED);
            let colour = if it.outcome.is_moved() { colour } else { FAILED };
            let (from, to) = (escaped(it.from.as_str()), escaped(it.to.as_str()));
            let label = name(self.workload, it.machine);
            let bytes = bytes_of(self.workload.machines[it.machine].spec.ram_bytes);
            let about = format!(
                "{label} ({bytes}): {from} to {to}, {} for {}, downtime {}, {}",
                time(it.start_ms),
                time(it.end_ms - it.start_ms),
                time(it.downtime_ms),
                it.outcome.name()
            );
            let bars = vec![Bar { start: it.start_ms, end: it.end_ms, colour, about }];
            Row { label, bars, behind: to }
        };
        let legend = colours.iter().map(|(host, colour)| (escaped(host), *colour)).collect();
        let hosts: Vec<String> = plan.leaving.iter().map(|it| escaped(it.as_str())).collect();
        Chart {
            title: format!("Evacuation of {}", crate::render::text::list(&hosts, 3)),
            subtitle: self.summary(),
            rows: plan.moves.iter().map(row).collect(),
            total: plan.chosen.total_ms,
            legend,
        }
        .draw()
    }

    fn summary(&self) -> String {
        let plan = self.plan;
        format!(
            "{} VMs, {} in all; one at a time {}, in waves {}",
            plan.moves.len(),
            time(plan.chosen.total_ms),
            time(plan.single_ms()),
            time(plan.waves_ms)
        )
    }
}

const PHASES: [(&str, &str); 3] =
    [("VMs leave", "#0072b2"), ("reboot", "#e69f00"), ("VMs return", "#009e73")];

impl Rolled<'_> {
    /// A row for each host with its turn.
    #[must_use]
    pub fn svg(&self) -> String {
        let plan = self.plan;
        let row = |it: &HostReturn| {
            let times = [it.start_ms, it.empty_ms, it.back_ms, it.full_ms];
            let bars = times.windows(2).zip(PHASES).map(|(span, (what, colour))| Bar {
                start: span[0],
                end: span[1],
                colour,
                about: format!(
                    "{}: {what}, {}",
                    escaped(it.node.as_str()),
                    time(span[1] - span[0])
                ),
            });
            let label = escaped(it.node.as_str());
            Row { label, bars: bars.collect(), behind: count(it.machines, "VM") }
        };
        let legend = PHASES.map(|(what, colour)| (what.to_owned(), colour)).to_vec();
        Chart {
            title: "Rolling update".to_owned(),
            subtitle: format!("{} hosts, {} in all", plan.turns.len(), time(plan.total_ms)),
            rows: plan.turns.iter().map(row).collect(),
            total: plan.total_ms,
            legend,
        }
        .draw()
    }
}

impl Chart {
    fn draw(&self) -> String {
        let shown = self.rows.len().min(MOST);
        let bottom = TOP + number(shown) * ROW;
        let height = bottom + 54.0;
        let mut document = Document::new()
            .set("viewBox", (0, 0, WIDTH, height))
            .set("width", WIDTH)
            .set("height", height)
            .add(Title::new(self.title.clone()))
            .add(Style::new(STYLE))
            .add(Rectangle::new().set("width", WIDTH).set("height", height).set("fill", "#ffffff"))
            .add(text((24.0, 30.0), "title", &self.title))
            .add(text((24.0, 50.0), "small", &self.subtitle))
            .add(self.legend())
            .add(self.axis(bottom));
        for (place, row) in self.rows.iter().take(shown).enumerate() {
            document = document.add(self.row(TOP + number(place) * ROW, row));
        }
        let left_out = self.rows.len() - shown;
        if left_out > 0 {
            let said = format!("… and {left_out} more that start later");
            document = document.add(text((24.0, height - 8.0), "small", &said));
        }
        document.to_string() + "\n"
    }

    fn x(&self, ms: f64) -> f64 {
        LEFT + ms / self.total.max(1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn row(&self, y: f64, row: &Row) -> Group {
        let mut group =
            Group::new().add(text((LEFT - 8.0, y + 14.0), "end", &cut(&row.label, LABEL)));
        for bar in &row.bars {
            let (from, to) = (self.x(bar.start), self.x(bar.end));
            let drawn = Rectangle::new()
                .set("x", round(from))
                .set("y", y + 3.0)
                .set("width", round((to - from).max(1.0)))
                .set("height", ROW - 6.0)
                .set("fill", bar.colour)
                .add(Title::new(bar.about.clone()));
            group = group.add(drawn);
        }
        let end = row.bars.last().map_or(0.0, |it| it.end);
        group.add(text((round(self.x(end) + 6.0), y + 14.0), "small", &cut(&row.behind, 12)))
    }

    /// Colours and what they mean, as many as fit.
    fn legend(&self) -> Group {
        let mut group = Group::new();
        let mut x = LEFT;
        for (word, colour) in &self.legend {
            let word = cut(word, 16);
            let width = 30.0 + 7.5 * number(word.chars().count());
            if x + width > WIDTH - RIGHT {
                break;
            }
            let key = Rectangle::new().set("x", x).set("y", 62).set("width", 12).set("height", 12);
            group = group.add(key.set("fill", *colour)).add(text((x + 17.0, 72.0), "small", &word));
            x += width;
        }
        group
    }

    fn axis(&self, bottom: f64) -> Group {
        let mut group = Group::new();
        let step = step(self.total);
        let mut at = 0.0;
        while at <= self.total.max(1.0) {
            let x = round(self.x(at));
            let drawn = Line::new()
                .set("x1", x)
                .set("x2", x)
                .set("y1", TOP)
                .set("y2", bottom + 6.0)
                .set("stroke", "#e0e0e0");
            group = group.add(drawn).add(text((x, bottom + 22.0), "small middle", &time_mark(at)));
            at += step;
        }
        group
    }
}

/// A round time that divides the whole into about eight.
fn step(total_ms: f64) -> f64 {
    const STEPS: [f64; 18] = [
        0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0, 7200.0,
        14_400.0, 28_800.0, 86_400.0, 604_800.0,
    ];
    let least = total_ms / 10.0;
    let found = STEPS.into_iter().map(|it| it * 1000.0).find(|it| *it >= least);
    found.unwrap_or(least)
}

fn time_mark(ms: f64) -> String {
    if ms <= 0.0 { "0".to_owned() } else { time(ms) }
}

fn text((x, y): (f64, f64), class: &str, content: &str) -> Text {
    Text::new(content).set("x", x).set("y", y).set("class", class)
}

fn cut(label: &str, most: usize) -> String {
    if label.chars().count() <= most {
        return label.to_owned();
    }
    label.chars().take(most - 1).chain(['…']).collect()
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred rows")]
fn number(count: usize) -> f64 {
    count as f64
}
