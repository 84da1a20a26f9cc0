//! What is wrong or risky, and what could not be judged.

use super::{InterfaceName, NetworkName, NodeName, Subnet};

/// How much a finding matters. Ordered: an error is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Will hurt when something else fails, or already costs something.
    Warning,
    /// Blocks going live.
    Error,
}

impl Severity {
    /// The severity in options, files and documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Info, Self::Warning, Self::Error].into_iter().find(|one| one.name() == name)
    }
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidence {
    /// It follows from facts that are known.
    Certain,
    /// A fact that is not known could speak against it.
    Likely,
}

impl Confidence {
    /// The confidence in documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
        }
    }
}

/// What a finding is about. All parts absent: the cluster as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Locus {
    /// Node.
    pub node: Option<NodeName>,
    /// Interface of that node.
    pub interface: Option<InterfaceName>,
    /// Cluster network.
    pub network: Option<NetworkName>,
}

impl Locus {
    /// The cluster as a whole.
    #[must_use]
    pub fn cluster() -> Self {
        Self::default()
    }

    /// A node.
    #[must_use]
    pub fn node(node: &NodeName) -> Self {
        Self { node: Some(node.clone()), ..Self::default() }
    }

    /// An interface of a node.
    #[must_use]
    pub fn interface(node: &NodeName, interface: &InterfaceName) -> Self {
        Self { interface: Some(interface.clone()), ..Self::node(node) }
    }

    /// A cluster network.
    #[must_use]
    pub fn network(network: &NetworkName) -> Self {
        Self { network: Some(network.clone()), ..Self::default() }
    }

    /// The same place, on a network.
    #[must_use]
    pub fn on(self, network: &NetworkName) -> Self {
        Self { network: Some(network.clone()), ..self }
    }

    /// What places have in common: the node, its interface and the network, each when it is that
    /// of all. The cluster when there is no place.
    #[must_use]
    pub fn common(places: &[Self]) -> Self {
        let Some((first, others)) = places.split_first() else { return Self::cluster() };
        let is_shared = |same: fn(&Self, &Self) -> bool| others.iter().all(|it| same(it, first));
        let node = is_shared(|a, b| a.node == b.node);
        let interface = node && is_shared(|a, b| a.interface == b.interface);
        let network = is_shared(|a, b| a.network == b.network);
        Self {
            node: first.node.clone().filter(|_| node),
            interface: first.interface.clone().filter(|_| interface),
            network: first.network.clone().filter(|_| network),
        }
    }
}

/// A place in the policy file, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column in characters.
    pub column: usize,
}

impl Place {
    /// Where this byte of a text stands; the end of the text for one beyond it.
    #[must_use]
    pub fn of(text: &str, byte: usize) -> Self {
        let before = text.get(..byte.min(text.len())).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { line, column }
    }
}

/// Something wrong or risky.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Code of the rule: three letters, three digits.
    pub code: &'static str,
    /// Name of the rule, in kebab case; it states the problem.
    pub name: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What it is about as a whole.
    pub locus: Locus,
    /// Every place that it holds at, in order; the locus alone when it is about that itself.
    pub spots: Vec<Locus>,
    /// What is the case, with names and values.
    pub message: String,
    /// What to do, in one line.
    pub remedy: String,
    /// Where in the policy file it comes from, when it does.
    pub place: Option<Place>,
}

/// A rule that could not be judged, wholly or in part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotJudged {
    /// Code of the rule.
    pub code: &'static str,
    /// Name of the rule.
    pub name: &'static str,
    /// Which fact is missing, and why.
    pub reason: String,
}

/// A rule that was not to be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Off {
    /// Code of the rule.
    pub code: &'static str,
    /// Name of the rule.
    pub name: &'static str,
    /// Who wanted it so.
    pub why: OffReason,
}

/// Who wanted a rule not to be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OffReason {
    /// The policy, lastingly.
    Policy,
    /// The caller, who named it.
    Ignored,
    /// The caller, who named others.
    NotSelected,
    /// Nobody: it is about services, and the policy declares none.
    NoService,
}

impl OffReason {
    /// The reason in words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "turned off by the policy",
            Self::Ignored => "left out by --ignore",
            Self::NotSelected => "not among those of --select",
            Self::NoService => "about services, of which the policy declares none",
        }
    }
}

/// A finding that the policy waives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waived {
    /// The finding.
    pub finding: Finding,
    /// Reason given in the policy.
    pub reason: String,
    /// Last day on which the waiver holds, `YYYY-MM-DD`.
    pub expires: Option<String>,
}

/// All that validation found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Findings, most severe first, then by code and place.
    pub findings: Vec<Finding>,
    /// Waived findings.
    pub waived: Vec<Waived>,
    /// Rules that could not be judged.
    pub not_judged: Vec<NotJudged>,
    /// Codes and names of rules that found nothing.
    pub passed: Vec<(&'static str, &'static str)>,
    /// Rules that were not to be judged, by code.
    pub off: Vec<Off>,
    /// Networks by which the findings are told, with their subnets, which outlive the names.
    pub networks: Vec<(NetworkName, Vec<Subnet>)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_in_common_what_all_share() {
        let (n1, n2) = (NodeName::new("n1"), NodeName::new("n2"));
        let (eth0, eth1) = (InterfaceName::new("eth0"), InterfaceName::new("eth1"));
        let network = NetworkName::new("LM");
        let spot = |node, interface| Locus::interface(node, interface).on(&network);
        let common = |spots: &[Locus]| Locus::common(spots);
        assert_eq!(common(&[spot(&n1, &eth0)]), spot(&n1, &eth0));
        assert_eq!(common(&[spot(&n1, &eth0), spot(&n1, &eth1)]), Locus::node(&n1).on(&network));
        assert_eq!(common(&[spot(&n1, &eth0), spot(&n2, &eth0)]), Locus::network(&network));
        assert_eq!(common(&[Locus::node(&n1), Locus::node(&n2)]), Locus::cluster());
        assert_eq!(common(&[]), Locus::cluster());
    }
}
