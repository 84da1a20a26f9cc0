//! Entries for networks in the policy file.

use crate::model::{Locus, Place, PolicyText, Problem, ProblemKind, Subnet};
use crate::rules::{Report, Site};

/// Where the policy sets `property` of the network with this key, in whatever notation the file
/// writes the subnet.
pub(super) fn place(text: &PolicyText, key: Subnet, property: &str) -> Option<Place> {
    let is_meant = |path: &str| {
        parts(path).is_some_and(|(subnet, last)| subnet.parse() == Ok(key) && last == property)
    };
    text.places.iter().find(|(path, _)| is_meant(path)).map(|(_, place)| *place)
}

/// Reports problems of a kind in networks' entries; `remedy` is made of the line to mend.
pub(super) fn tell_problems(
    site: &Site<'_>,
    report: &mut Report,
    is_own: impl Fn(&ProblemKind) -> bool,
    remedy: impl Fn(&str) -> String,
) {
    for problem in site.text.problems.iter().filter(|problem| is_own(&problem.kind)) {
        let (locus, subnet) = subject(site, problem);
        let what = format!("{subnet} in the policy: {}", problem.kind);
        report.find(locus, what, remedy(&line_of(site, problem))).at(Some(problem.place));
    }
}

/// The network that a problem is about, or the cluster when no node is on it now; and what the file
/// calls it.
fn subject<'a>(site: &Site<'_>, problem: &'a Problem) -> (Locus, &'a str) {
    let Some((subnet, _)) = parts(&problem.key) else {
        return (Locus::cluster(), &problem.key);
    };
    let locus = subnet.parse().map_or_else(|_| Locus::cluster(), |key| locus(site, key));
    (locus, subnet)
}

/// The network with this subnet, or the cluster when no node is on it now.
pub(super) fn locus(site: &Site<'_>, key: Subnet) -> Locus {
    let found = site.layout.networks.iter().find(|network| network.subnets.contains(&key));
    found.map_or_else(Locus::cluster, |network| Locus::network(&network.name))
}

/// Where a problem stands, in words.
fn line_of(site: &Site<'_>, problem: &Problem) -> String {
    let file = match site.text.path.as_str() {
        "" => "the policy file",
        path => path,
    };
    format!("line {} of {file}", problem.place.line)
}

/// Subnet and property of a path such as `network."10.0.0.0/24".role`.
fn parts(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("network.\"")?.split_once("\".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_in_any_notation_of_the_subnet() {
        let at = |line| Place { line, column: 1 };
        let mut text = PolicyText::default();
        text.places.insert("network.\"FD00:0::/64\".role".to_owned(), at(2));
        text.places.insert("network.\"10.0.0.0/24\".metric".to_owned(), at(5));
        text.places.insert("migration.order".to_owned(), at(9));
        assert_eq!(place(&text, "fd00::/64".parse().unwrap(), "role"), Some(at(2)));
        assert_eq!(place(&text, "fd00::/64".parse().unwrap(), "metric"), None);
        assert_eq!(place(&text, "10.0.0.0/24".parse().unwrap(), "metric"), Some(at(5)));
    }
}
