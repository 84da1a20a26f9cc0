//! Whom to ask, and for what: text from the command line that ssh and a shell will see.

use std::collections::BTreeMap;
use std::fmt;

use super::CollectError;
use crate::model::NodeName;

/// A node to ask, as ssh understands it: `[user@]host`.
///
/// The host is a host name, an alias of the ssh configuration, or an IPv4 or IPv6 address. It is
/// also the node's name and the name of its file, so it can't be an option, a path or shell text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    text: String,
    node: NodeName,
}

impl Destination {
    /// The node's name: the host without the user.
    #[must_use]
    pub fn node(&self) -> &NodeName {
        &self.node
    }

    /// The destination as ssh takes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Reads `[user@]host`.
///
/// # Errors
///
/// [`CollectError`] for text that is empty on either side of the `@`, where one side starts with
/// `-` or the host with `.`, or that holds anything but letters, digits and `. _ : % @ -`.
pub fn parse_destination(text: &str) -> Result<Destination, CollectError> {
    let (user, host) = match text.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, text),
    };
    for part in user.into_iter().chain([host]) {
        check_part(text, part)?;
    }
    if host.starts_with('.') {
        return Err(CollectError::LeadingDot { text: text.into() });
    }
    Ok(Destination { text: text.to_owned(), node: NodeName::new(host) })
}

fn check_part(text: &str, part: &str) -> Result<(), CollectError> {
    let allowed =
        |character: &char| character.is_ascii_alphanumeric() || "._:%@-".contains(*character);
    if part.is_empty() {
        return Err(CollectError::EmptyPart { text: text.into() });
    }
    if part.starts_with('-') {
        return Err(CollectError::LeadingDash { text: text.into() });
    }
    match part.chars().find(|character| !allowed(character)) {
        Some(character) => Err(CollectError::Character { text: text.into(), character }),
        None => Ok(()),
    }
}

/// Each node once, in the order asked.
pub(super) fn distinct(destinations: &[Destination]) -> Result<Vec<Destination>, CollectError> {
    let mut seen: BTreeMap<&NodeName, &Destination> = BTreeMap::new();
    let mut asked = Vec::new();
    for destination in destinations {
        match seen.insert(&destination.node, destination) {
            None => asked.push(destination.clone()),
            Some(first) if first.text == destination.text => {}
            Some(first) => {
                return Err(CollectError::TwoUsers {
                    first: first.text.clone(),
                    second: destination.text.clone(),
                });
            }
        }
    }
    Ok(asked)
}

/// The program that a node is asked for first: a name looked up in its `PATH`, or a path there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteProgram(String);

impl RemoteProgram {
    /// Reads the name or path of a program.
    ///
    /// # Errors
    ///
    /// [`CollectError::Program`] for text that is empty, starts with `-`, or holds anything but
    /// letters, digits and `. _ / + @ -`.
    pub fn parse(text: &str) -> Result<Self, CollectError> {
        let allowed = |character: char| {
            character.is_ascii_alphanumeric()
                || matches!(character, '.' | '_' | '/' | '+' | '@' | '-')
        };
        if text.is_empty() || text.starts_with('-') || !text.chars().all(allowed) {
            return Err(CollectError::Program { text: text.into() });
        }
        Ok(Self(text.to_owned()))
    }
}

impl Default for RemoteProgram {
    fn default() -> Self {
        Self("netplan-cluster".to_owned())
    }
}

impl fmt::Display for RemoteProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_node_is_the_host() {
        for (text, node) in [
            ("head1", "head1"),
            ("admin@head1.example", "head1.example"),
            ("bob@corp@head1", "head1"),
            ("192.0.2.7", "192.0.2.7"),
            ("root@fe80::1%eth0", "fe80::1%eth0"),
            ("_gateway", "_gateway"),
        ] {
            let destination = parse_destination(text).unwrap();
            assert_eq!(destination.node().as_str(), node);
            assert_eq!(destination.as_str(), text);
        }
    }

    #[test]
    fn hostile_names_are_refused_with_their_text_made_visible() {
        for text in [
            "",
            "@",
            "@host",
            "user@",
            "-oProxyCommand=x",
            "user@-x",
            "-l@host",
            "a@-b@c@-d",
            ".",
            "..",
            ".ssh",
            "../x",
            "a/b",
            "a b",
            "a;b",
            "$(id)",
            "`id`",
            "a\nb",
            "a\0b",
            "h\u{1b}[2J",
            "é",
            "a'b",
            "a\"b",
            "a\\b",
            "a*b",
            "ssh://a",
        ] {
            let error = parse_destination(text).unwrap_err().to_string();
            assert!(error.contains(&format!("{text:?}")), "{error}");
            assert!(!error.contains(char::is_control), "{error}");
        }
    }

    #[test]
    fn a_node_is_asked_once_and_by_one_user() {
        let parse = |texts: &[&str]| -> Vec<Destination> {
            texts.iter().map(|text| parse_destination(text).unwrap()).collect()
        };
        let asked = distinct(&parse(&["b", "a", "b", "b"])).unwrap();
        assert_eq!(asked, parse(&["b", "a"]));
        let error = distinct(&parse(&["x@a", "y@a"])).unwrap_err();
        assert_eq!(error.to_string(), "\"x@a\" and \"y@a\" are one node: ask it as one user");
    }

    #[test]
    fn a_program_is_a_name_or_a_path() {
        for text in ["netplan-cluster", "/opt/netplan-cluster/1.0+x/bin/np"] {
            assert_eq!(RemoteProgram::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "-x", "a b", "a;b", "$x", "~/x", "a\n"] {
            assert!(RemoteProgram::parse(text).is_err(), "{text}");
        }
    }
}
