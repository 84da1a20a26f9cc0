//! Validation rules: one file each, with its documentation, its check and its tests.
//!
//! A rule looks at a [`Site`] and tells a [`Report`] what is wrong and which facts it lacked. It
//! never fails and never looks at another rule.

mod address;
mod config;
mod doubt;
mod heartbeat;
mod link;
mod migration;
mod needs;
mod on;
mod phrase;
mod redundancy;
mod registry;
mod report;
mod rests;
mod roles;
mod selection;
mod service;
mod site;
mod storage;
mod suggest;
#[cfg(test)]
mod testing;
mod verdict;
mod waivers;

use crate::model::Severity;

pub use needs::ONE_NODE;

pub use registry::{all, find, meant};
pub use report::Report;
pub use selection::Selection;
pub use site::{On, Site};
pub use suggest::nearest;
pub use verdict::judge;

/// A validation rule.
#[derive(Debug)]
pub struct Rule {
    /// Three letters for its group, three digits; never used again for another rule.
    pub code: &'static str,
    /// Name in kebab case; it states the problem, not the remedy.
    pub name: &'static str,
    /// Severity, unless the policy or the finding itself says otherwise.
    pub severity: Severity,
    /// Documentation, as `explain` prints it.
    pub docs: Docs,
    /// The check itself.
    check: fn(&Site<'_>, &mut Report),
}

/// Documentation of a rule: whole sentences.
#[derive(Debug)]
pub struct Docs {
    /// What it checks, with its thresholds.
    pub what: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// A layout on which it fires.
    pub example: &'static str,
    /// What to do.
    pub remedy: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
}

impl Rule {
    /// The three letters of the rule's group.
    #[must_use]
    pub fn group(&self) -> &'static str {
        self.code.get(..3).unwrap_or_default()
    }
}
