//! Slurm's notation for many hosts: `n[001-004,7]`, also with suffixes and several brackets.

use super::hosts::is_host_name;

/// Most hosts of one expression.
const MOST: usize = 65_536;

/// The names that an expression stands for, in its order.
///
/// Digits keep the width of the range's first number, as in Slurm. The words that stand for no host
/// (empty, `(null)`, `None assigned`) give none.
///
/// # Errors
/// What is wrong with the expression, in words.
pub fn expand(text: &str) -> Result<Vec<String>, String> {
    let text = text.trim();
    if ["", "(null)", "None assigned", "None", "N/A"].contains(&text) {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for item in items(text)? {
        product(item, &mut names)?;
    }
    match names.iter().find(|name| !is_host_name(name)) {
        Some(name) => Err(format!("a list of hosts: {name:?} is no name")),
        None => Ok(names),
    }
}

/// The items between commas that stand outside brackets.
fn items(text: &str) -> Result<Vec<&str>, String> {
    let (mut inside, mut start, mut items) = (false, 0, Vec::new());
    for (place, character) in text.char_indices() {
        match (character, inside) {
            ('[', false) => inside = true,
            (']', true) => inside = false,
            ('[', true) | (']', false) => return Err("a list of hosts: brackets nest".to_owned()),
            (',', false) => {
                items.push(&text[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    if inside {
        return Err("a list of hosts: a bracket is not closed".to_owned());
    }
    items.push(&text[start..]);
    Ok(items)
}

/// Adds all names of one item: what stands before the first bracket with each number in it, and so on.
fn product(item: &str, names: &mut Vec<String>) -> Result<(), String> {
    let (mut partial, mut rest) = (vec![String::new()], item);
    while let Some((before, ranges, after)) = next_bracket(rest) {
        let numbers = numbers(ranges)?;
        if partial.len().saturating_mul(numbers.len()) + names.len() > MOST {
            return Err(too_many());
        }
        let with = |name: &String| -> Vec<String> {
            numbers.iter().map(|number| format!("{name}{before}{number}")).collect()
        };
        partial = partial.iter().flat_map(with).collect();
        rest = after;
    }
    if partial.len() + names.len() > MOST {
        return Err(too_many());
    }
    names.extend(partial.into_iter().map(|name| name + rest));
    Ok(())
}

fn next_bracket(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('[')?;
    let (ranges, after) = rest.split_once(']')?;
    Some((before, ranges, after))
}

/// The numbers of a bracket as text, with their leading zeros.
fn numbers(ranges: &str) -> Result<Vec<String>, String> {
    let mut numbers = Vec::new();
    for range in ranges.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (low, high) = (number(first, range)?, number(last, range)?);
        if low > high {
            return Err(format!("a list of hosts: the range {range} runs backwards"));
        }
        let count = usize::try_from(high - low).map_or(usize::MAX, |it| it.saturating_add(1));
        if count.saturating_add(numbers.len()) > MOST {
            return Err(too_many());
        }
        let width = first.len();
        numbers.extend((low..=high).map(|number| format!("{number:0width$}")));
    }
    Ok(numbers)
}

fn number(text: &str, range: &str) -> Result<u64, String> {
    let digits = !text.is_empty() && text.len() <= 18 && text.bytes().all(|it| it.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    number.ok_or_else(|| format!("a list of hosts: {range:?} is no range of numbers"))
}

fn too_many() -> String {
    format!("a list of at most {MOST} hosts")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_become_names() {
        let cases = [
            ("n1", "n1"),
            ("n[001-004,7]", "n001 n002 n003 n004 n7"),
            ("n[8-11]", "n8 n9 n10 n11"),
            ("n[098-101]-ib,gpu2", "n098-ib n099-ib n100-ib n101-ib gpu2"),
            ("r[1-2]n[1-2]", "r1n1 r1n2 r2n1 r2n2"),
            ("a,b,node1,node10", "a b node1 node10"),
            ("", ""),
            ("None assigned", ""),
        ];
        for (text, names) in cases {
            assert_eq!(expand(text).unwrap().join(" "), names, "{text}");
        }
        assert_eq!(expand("n[1-65536]").unwrap().len(), MOST);
    }

    #[test]
    fn what_is_no_expression_says_why() {
        let cases = [
            ("n[1-999999999]", "at most 65536"),
            ("n[1-65536],m", "at most 65536"),
            ("n[1-300][1-300]", "at most 65536"),
            ("n[1-3", "not closed"),
            ("n1-3]", "nest"),
            ("n[1[2]]", "nest"),
            ("n[]", "\"\" is no range"),
            ("n[3-1]", "runs backwards"),
            ("n[a-b]", "\"a-b\" is no range"),
            ("n[1-99999999999999999999]", "is no range"),
            ("a,,b", "\"\" is no name"),
            ("a b", "\"a b\" is no name"),
        ];
        for (text, said) in cases {
            let error = expand(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
