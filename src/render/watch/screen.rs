//! The screen that is updated in place.

use textwrap::core::display_width;

use super::super::show::ShowView;
use super::super::table::table;
use super::super::text::{Page, Tone};

/// Rows that the latest events have at least.
const LEAST_EVENTS: usize = 4;
/// Columns before further rows of an event.
const INDENT: usize = 4;

/// What stands on the screen.
#[derive(Clone, Copy, Debug)]
pub struct ScreenView<'a> {
    /// Networks and traffic as they are.
    pub show: &'a ShowView,
    /// What is watched and for how long, in one line.
    pub title: &'a str,
    /// Latest events, oldest first, a line each.
    pub events: &'a [String],
    /// How many rows there are.
    pub rows: usize,
}

/// The lines of a screen, at most as many as it has rows and as wide as the page: what is the case
/// first, then the latest events.
#[must_use]
pub fn screen(view: &ScreenView<'_>, page: Page) -> Vec<String> {
    let mut lines = vec![page.paint(view.title, Tone::Strong)];
    lines.extend(table(view.show, None, page).lines().map(str::to_owned));
    let wrapped = view.events.iter().map(|event| page.wrap(event, INDENT));
    let events: Vec<String> =
        wrapped.flat_map(|event| event.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    let room = view.rows.saturating_sub(LEAST_EVENTS.min(events.len()) + 1).max(1);
    if lines.len() > room {
        lines.truncate(room.saturating_sub(1));
        lines.push(page.paint("... the screen is too small for all", Tone::Faint));
    }
    if !events.is_empty() {
        lines.push(String::new());
    }
    let room = view.rows.saturating_sub(lines.len());
    let latest = events.len().saturating_sub(room);
    lines.extend(events.into_iter().skip(latest));
    lines.truncate(view.rows);
    let width = page.width.unwrap_or(usize::MAX);
    lines.iter().map(|line| cut(line, width)).collect()
}

/// The line cut at the width, with its colours ended.
fn cut(line: &str, width: usize) -> String {
    if display_width(line) <= width {
        return line.to_owned();
    }
    let (mut kept, mut in_colour) = (String::new(), false);
    for character in line.chars() {
        in_colour |= character == '\u{1b}';
        let ends = in_colour && character == 'm';
        kept.push(character);
        if !in_colour && display_width(&kept) > width {
            kept.pop();
            break;
        }
        in_colour &= !ends;
    }
    kept + if line.contains('\u{1b}') { "\u{1b}[0m" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_screen_is_kept_and_the_latest_event_is_on_it_whole() {
        let node = crate::testkit::Node::new("n1").nic("eth0", &["10.0.0.1/24"]).done();
        let policy = crate::model::Policy::default();
        let layout = crate::layout::form(&[node], &policy);
        let assignment = crate::policy::assign(&layout, &policy);
        let show = crate::render::show(&layout, &assignment, &policy);
        let events: Vec<String> = (0..50).map(|it| format!("event {it} of many words")).collect();
        for (rows, width) in [(6, 12), (10, 40), (24, 80), (60, 200)] {
            let view = ScreenView { show: &show, title: "title", events: &events, rows };
            let lines = screen(&view, Page { width: Some(width), colour: true });
            assert!(lines.len() <= rows, "{lines:#?}");
            assert!(lines.iter().all(|line| display_width(line) <= width), "{lines:#?}");
            let all = lines.join(" ");
            let words: Vec<&str> = all.split_whitespace().collect();
            assert!(words.ends_with(&["event", "49", "of", "many", "words"]), "{lines:#?}");
        }
    }

    #[test]
    fn lines_are_cut_at_the_width_and_colours_ended() {
        assert_eq!(cut("abcdef", 3), "abc");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("\u{1b}[32mabcdef\u{1b}[39m", 3), "\u{1b}[32mabc\u{1b}[0m");
    }
}
