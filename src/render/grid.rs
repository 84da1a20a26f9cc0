//! Cells in columns, within the width of the page.

use tabled::builder::Builder;
use tabled::settings::object::Columns;
use tabled::settings::{Alignment, Modify, Padding, Style};
use textwrap::core::display_width;

use super::text::Page;

/// Columns between one cell and the next.
const GAP: usize = 2;

/// Lays out rows of cells. Where they are wider than the page, cells are wrapped between words; a
/// page too narrow for the longest words loses the columns of `expendable`, first one first, and
/// breaks words at last.
pub(super) fn grid(mut rows: Vec<Vec<String>>, expendable: &[usize], page: Page) -> String {
    if let Some(width) = page.width {
        let kept = kept_columns(&rows, expendable, width);
        for row in &mut rows {
            let mut column = 0..;
            row.retain(|_| column.next().is_some_and(|it| kept.contains(&it)));
        }
        let widths = widths(&rows, width);
        for row in &mut rows {
            for (cell, width) in row.iter_mut().zip(&widths) {
                *cell = wrapped(cell, *width);
            }
        }
    }
    let mut builder = Builder::default();
    for row in &rows {
        builder.push_record(row.iter().map(String::as_str));
    }
    let mut table = builder.build();
    table.with(Style::empty());
    let spaced = Modify::new(Columns::new(..)).with(Padding::new(0, GAP, 0, 0));
    table.with(spaced.with(Alignment::left()));
    let table = table.to_string();
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn kept_columns(rows: &[Vec<String>], expendable: &[usize], width: usize) -> Vec<usize> {
    let mut kept: Vec<usize> = (0..rows.first().map_or(0, Vec::len)).collect();
    for column in expendable {
        let least: usize = kept.iter().map(|it| extent(rows, *it, longest_word) + GAP).sum();
        if least <= width + GAP {
            break;
        }
        kept.retain(|it| it != column);
    }
    kept
}

/// Width of each column: at least its longest word, and what is left in proportion to what each
/// would need to stay on one line.
fn widths(rows: &[Vec<String>], page: usize) -> Vec<usize> {
    let columns = rows.first().map_or(0, Vec::len);
    let least: Vec<usize> = (0..columns).map(|it| extent(rows, it, longest_word)).collect();
    let least = squeezed(least, page.saturating_sub(GAP * columns.saturating_sub(1)));
    let most: Vec<usize> = (0..columns).map(|it| extent(rows, it, longest_line)).collect();
    let gaps = GAP * columns.saturating_sub(1);
    let left = page.saturating_sub(gaps + least.iter().sum::<usize>());
    let wanted: usize =
        most.iter().zip(&least).map(|(most, least)| most.saturating_sub(*least)).sum();
    let share = |most: usize, least: usize| match wanted {
        0 => 0,
        _ => (most.saturating_sub(least) * left / wanted).min(most.saturating_sub(least)),
    };
    most.iter().zip(&least).map(|(most, least)| least + share(*most, *least)).collect()
}

/// The widths made to fit by taking from the widest, down to a floor; words are broken then.
fn squeezed(mut widths: Vec<usize>, page: usize) -> Vec<usize> {
    const FLOOR: usize = 6;
    while widths.iter().sum::<usize>() > page {
        match widths.iter_mut().max().filter(|widest| **widest > FLOOR) {
            Some(widest) => *widest -= 1,
            None => break,
        }
    }
    widths
}

fn extent(rows: &[Vec<String>], column: usize, measure: fn(&str) -> usize) -> usize {
    rows.iter().filter_map(|row| row.get(column)).map(|cell| measure(cell)).max().unwrap_or(0)
}

fn longest_word(cell: &str) -> usize {
    cell.split_whitespace().map(display_width).max().unwrap_or(0)
}

fn longest_line(cell: &str) -> usize {
    cell.lines().map(display_width).max().unwrap_or(0)
}

fn wrapped(cell: &str, width: usize) -> String {
    let options = textwrap::Options::new(width.max(1))
        .break_words(true)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    textwrap::fill(cell, options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Vec<String>> {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        vec![row(["Name", "Speed", "Carries"]), row(["Cluster Network 1", "10G", "a b c d e f g"])]
    }

    fn page(width: usize) -> Page {
        Page { width: Some(width), colour: false }
    }

    #[test]
    fn lines_stay_within_the_page_and_words_whole() {
        for width in 18..60 {
            let text = grid(rows(), &[1], page(width));
            assert!(text.lines().all(|line| display_width(line) <= width), "{width}\n{text}");
            assert!(text.contains("Network") && text.contains("Cluster"), "{width}\n{text}");
        }
    }

    #[test]
    fn without_a_width_nothing_is_wrapped() {
        let text = grid(rows(), &[1], Page::default());
        let expected =
            "Name               Speed  Carries\nCluster Network 1  10G    a b c d e f g\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_page_too_narrow_loses_the_expendable_column() {
        assert!(grid(rows(), &[1], page(24)).contains("Speed"));
        assert!(!grid(rows(), &[1], page(20)).contains("Speed"));
    }

    #[test]
    fn colour_has_no_width() {
        let rows = vec![vec!["\u{1b}[32mUp\u{1b}[39m".to_owned(), "x".to_owned()]];
        assert_eq!(grid(rows, &[], page(5)), "\u{1b}[32mUp\u{1b}[39m  x\n");
    }
}
