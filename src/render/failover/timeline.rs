//! The timeline of a picture: an axis with a numbered mark for each happening, and what they are.

use std::borrow::Cow;

use svg::node::element::{Circle, Group};

use super::svg::{CSV, LEFT, LOST, MIGRATION, line, text};
use super::words;
use crate::failover::Cluster;
use crate::model::{Happening, Moment};

/// From the top to the marks, from there to the axis, and on to the list.
const MARKS: usize = 34;
const AXIS: usize = 30;
const LIST: usize = 34;
const LINE: usize = 22;
/// Between one mark and the next at least, where there is room.
const APART: usize = 20;
/// Width of a letter of the list, in tenths.
const LETTER_TENTHS: usize = 63;
const RADIUS: usize = 8;
const INK: &str = "#455a64";

/// A happening in words that fit the width.
struct Entry<'m> {
    moment: &'m Moment,
    event: &'static str,
    lines: Vec<String>,
}

/// Draws it from `top` on, over the whole width; gives its height too.
pub(super) fn timeline(
    cluster: &Cluster<'_>,
    moments: &[&Moment],
    (top, width): (usize, usize),
) -> (Group, usize) {
    let letters = width.saturating_sub(LEFT + 24) * 10 / LETTER_TENTHS;
    let entries = moments.iter().map(|moment| {
        let (event, detail) = words::happening(cluster, &moment.what);
        let lines = textwrap::wrap(&detail, letters).into_iter().map(Cow::into_owned).collect();
        Entry { moment, event, lines }
    });
    let entries: Vec<Entry<'_>> = entries.collect();
    let rows: usize = entries.iter().map(|it| it.lines.len()).sum();
    (drawn(&entries, (top, width)), MARKS + AXIS + LIST + (rows + 1) * LINE)
}

fn drawn(entries: &[Entry<'_>], (top, width): (usize, usize)) -> Group {
    let (start, end) = (40, width - 40);
    let (marks, axis) = (top + MARKS, top + MARKS + AXIS);
    let mut group = Group::new().add(text(24, top, "title", "Timeline")).add(line(
        (start, axis),
        (end, axis),
        INK,
        2,
    ));
    let places = places(entries, start, end);
    let marked = places.iter().zip(spread(&places, end));
    let mut row = axis + LIST;
    for (number, (entry, (x, at))) in (1..).zip(entries.iter().zip(marked)) {
        let x = *x;
        let colour = tone(&entry.moment.what);
        group = group.add(line((x, axis - 4), (x, axis + 4), INK, 2)).add(line(
            (x, axis - 4),
            (at, marks + RADIUS),
            colour,
            1,
        ));
        group = mark(group, (at, marks), number, colour);
        group = mark(group, (34, row - 4), number, colour);
        group = group
            .add(text(50, row, "", &format!("{} s", words::seconds(entry.moment.at_ms))))
            .add(text(120, row, "", entry.event));
        for line in &entry.lines {
            group = group.add(text(LEFT, row, "small", line));
            row += LINE;
        }
    }
    group
}

/// Where on the axis each happening is.
fn places(entries: &[Entry<'_>], start: usize, end: usize) -> Vec<usize> {
    let last = entries.last().map_or(0, |it| it.moment.at_ms).max(1);
    let span = u64::try_from(end - start).unwrap_or_default();
    let along = |entry: &Entry<'_>| {
        usize::try_from(entry.moment.at_ms.saturating_mul(span) / last).unwrap_or_default()
    };
    entries.iter().map(|entry| start + along(entry)).collect()
}

/// The places, which do not fall, moved so far that marks there do not cover each other, and none
/// lies beyond the end.
fn spread(places: &[usize], end: usize) -> Vec<usize> {
    let room = end.saturating_sub(places.first().copied().unwrap_or_default());
    let apart = APART.min(room / places.len().max(1));
    let mut spread: Vec<usize> = Vec::with_capacity(places.len());
    for place in places {
        let least = spread.last().map_or(0, |last| last + apart);
        spread.push(least.max(*place));
    }
    for (after, place) in spread.iter_mut().rev().enumerate() {
        *place = (*place).min(end.saturating_sub(after * apart));
    }
    spread
}

fn mark(group: Group, (x, y): (usize, usize), number: usize, colour: &str) -> Group {
    let dot = Circle::new().set("cx", x).set("cy", y).set("r", RADIUS).set("fill", colour);
    group.add(dot).add(text(x, y + 4, "mark", &number.to_string()))
}

fn tone(what: &Happening) -> &'static str {
    match what {
        Happening::Lost(_) => LOST,
        Happening::Noticed(..) | Happening::Undetected(_) | Happening::Held(..) => "#ef6c00",
        Happening::Redirected { .. } | Happening::RedirectedIo(_) => CSV,
        Happening::Returned(_) | Happening::Unnoticed(_) => MIGRATION,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_keep_their_distance_and_stay_within() {
        assert_eq!(spread(&[40, 40, 300], 700), [40, 60, 300]);
        assert_eq!(spread(&[40, 700, 700], 700), [40, 680, 700]);
        let many = spread(&[40; 40], 720);
        assert!(many.windows(2).all(|two| two[1] - two[0] == 17) && many[39] <= 720, "{many:?}");
        assert_eq!(spread(&[], 700), [] as [usize; 0]);
    }
}
