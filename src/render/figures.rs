//! Columns of numbers, and bars.

use textwrap::core::display_width;

use super::text::{Page, Tone};

const GAP: usize = 2;
/// Width of bars where no page limits it.
const BAR: usize = 48;
/// A cell filled from the left by eighths.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// Rows in columns that end on the right; a page too narrow loses the columns of `expendable`, first
/// one first. The first row is the header.
pub(super) fn figures(rows: &[Vec<String>], expendable: &[usize], page: Page) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| display_width(cell)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut kept: Vec<usize> = (0..columns).collect();
    for column in expendable {
        let total: usize = kept.iter().map(|it| widths[*it] + GAP).sum();
        if page.width.is_none_or(|page| total <= page + GAP) {
            break;
        }
        kept.retain(|it| it != column);
    }
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let cell = |column: &usize| {
            let cell = row.get(*column).map_or("", String::as_str);
            " ".repeat(widths[*column].saturating_sub(display_width(cell))) + cell
        };
        let line = kept.iter().map(cell).collect::<Vec<_>>().join(&" ".repeat(GAP));
        let line = line.trim_end();
        text += &if number == 0 { page.paint(line, Tone::Strong) } else { line.to_owned() };
        text += "\n";
    }
    text
}

/// Labelled values as horizontal bars, each with its value in words behind it. One without a value
/// is only a label.
pub(super) fn bars(rows: &[(String, Option<(f64, String)>)], page: Page) -> String {
    let label = rows.iter().map(|(label, _)| display_width(label)).max().unwrap_or(0);
    let values = || rows.iter().filter_map(|(_, value)| value.as_ref());
    let words = values().map(|(_, words)| display_width(words)).max().unwrap_or(0);
    let taken = label + words + 2 * GAP;
    let room = page.width.map_or(BAR, |page| page.saturating_sub(taken).clamp(8, 2 * BAR));
    let most = values().map(|(value, _)| *value).fold(0.0, f64::max);
    let mut text = String::new();
    for (name, value) in rows {
        let name = " ".repeat(label - display_width(name)) + name;
        let line = match value {
            Some((value, words)) => format!("{name}  {} {words}", bar(value / most, room)),
            None => name,
        };
        text += line.trim_end();
        text += "\n";
    }
    text
}

/// A bar of a share of `room` columns; a value above nothing is always seen.
fn bar(share: f64, room: usize) -> String {
    if share.is_nan() || share <= 0.0 {
        return String::new();
    }
    let room = u32::try_from(room).unwrap_or(u32::MAX);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 8 × room")]
    let eighths = (share.min(1.0) * f64::from(room) * 8.0).round().max(1.0) as usize;
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_on_the_right_and_narrow_pages_lose_columns() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = [row(["Round", "Sent", "Left"]), row(["0", "10.5 MiB", "3"])];
        let text = figures(&rows, &[1], Page::default());
        assert_eq!(text, "Round      Sent  Left\n    0  10.5 MiB     3\n");
        let narrow = Page { width: Some(15), colour: false };
        assert_eq!(figures(&rows, &[1], narrow), "Round  Left\n    0     3\n");
    }

    #[test]
    fn bars_are_to_scale_and_within_the_page() {
        let row = |name: &str, value: f64| (name.to_owned(), Some((value, format!("{value} B"))));
        let rows = [row("0", 100.0), row("10", 50.0), ("…".to_owned(), None), row("11", 0.1)];
        let page = Page { width: Some(40), colour: false };
        let text = bars(&rows, page);
        assert!(text.lines().all(|line| display_width(line) <= 40), "{text}");
        let lines: Vec<&str> = text.lines().collect();
        let full = lines[0].matches('█').count();
        assert_eq!(lines[1].matches('█').count(), full / 2, "{text}");
        assert!(lines[3].contains('▏'), "{text}");
        assert_eq!(bars(&[row("0", 0.0)], page), "0   0 B\n");
    }
}
