//! Entries for networks in the policy file.

use crate::model::{Locus, Problem, ProblemKind, Subnet, network_path};
use crate::rules::{Report, Site};

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
    let Some((subnet, _)) = network_path(&problem.key) else {
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
