//! Indented rows, whose times stay in one piece.

use crate::render::grid::grid;
use crate::render::text::Page;

/// Stands for a blank that no line breaks at; of the private use area, and one column wide.
const GLUE: &str = "\u{e000}";
const INDENT: usize = 2;

/// Rows of cells, indented; cells of the columns `whole` are never broken.
pub(super) fn rows(mut rows: Vec<Vec<String>>, whole: &[usize], page: Page) -> String {
    for row in &mut rows {
        for (_, cell) in row.iter_mut().enumerate().filter(|(at, _)| whole.contains(at)) {
            *cell = cell.replace(' ', GLUE);
        }
    }
    let width = page.width.map(|width| width.saturating_sub(INDENT));
    let text = grid(rows, &[], Page { width, ..page }).replace(GLUE, " ");
    text.lines().map(|line| format!("  {line}").trim_end().to_owned() + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_not_broken_and_lines_fit() {
        let cells = ["detect", "90-91 s (mean 90.5 s)", "until the loss is noticed by somebody"];
        let page = Page { width: Some(44), colour: false };
        let text = rows(vec![cells.map(str::to_owned).to_vec()], &[0, 1], page);
        assert!(text.contains("  detect  90-91 s (mean 90.5 s)  until"), "{text}");
        assert!(text.lines().all(|line| line.len() <= 44 && line.starts_with("  ")), "{text}");
    }
}
