//! Names in commands that a reader may paste into a shell.

use std::fmt::Display;

use super::Spot;
use crate::model::{ClusterNetwork, InterfaceName, NodeName};

/// Text as one word of a POSIX shell: as it is where that is safe, else in double quotes, which
/// read best, else in single ones, within which nothing means anything.
#[must_use]
pub fn word(text: impl Display) -> String {
    let text = text.to_string();
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "_-./:@%+,=".contains(it);
    if !text.is_empty() && text.chars().all(is_plain) { text } else { quoted(&text) }
}

/// Text in quotes as one word of a POSIX shell. `!` would recall history within double quotes.
fn quoted(text: &str) -> String {
    if text.contains(['"', '$', '`', '\\', '!']) {
        format!("'{}'", text.replace('\'', r"'\''"))
    } else {
        format!("\"{text}\"")
    }
}

/// Text as a string of a TOML file.
pub(in crate::rules) fn toml_string(text: &str) -> String {
    let escape = |it: char| match it {
        '"' | '\\' => format!("\\{it}"),
        control if control.is_control() => format!("\\u{:04X}", u32::from(control)),
        plain => plain.to_string(),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

/// A pattern of the policy that means this interface, on one node or on all, as a string of TOML.
pub(in crate::rules) fn pattern(node: Option<&NodeName>, interface: &InterfaceName) -> String {
    let escape = glob::Pattern::escape;
    let node = node.map_or(String::new(), |node| escape(node.as_str()) + "/");
    toml_string(&(node + &escape(interface.as_str())))
}

/// A network in a command of this program: its name in quotes, or its subnet where the name would
/// be read as an option or can't be typed.
pub(in crate::rules) fn network_word(network: &ClusterNetwork) -> String {
    let name = network.name.as_str();
    let misread = name.starts_with('-') || name.chars().any(char::is_control);
    match network.key().filter(|_| misread) {
        Some(subnet) => subnet.to_string(),
        None => quoted(name),
    }
}

/// The interface in a command for `spots`: its name when all have the same, else `IFACE`.
pub(in crate::rules) fn in_command(spots: &[Spot<'_>]) -> String {
    match spots {
        [(_, first), rest @ ..] if rest.iter().all(|(_, other)| other == first) => word(first),
        _ => "IFACE".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_take_it_apart() {
        let words = ["eth0.100", "Cluster Network 2", "a;b|c&d", "it's", "$(x)", r#"it's "a" net"#];
        let quoted = ["eth0.100", "\"Cluster Network 2\"", "\"a;b|c&d\"", "\"it's\"", "'$(x)'"];
        assert_eq!(words.map(word)[..5], quoted);
        assert_eq!(word(words[5]), r#"'it'\''s "a" net'"#);
        assert_eq!(
            [word("`x`"), word("a!b"), word(r"a\b"), word("")],
            ["'`x`'", "'a!b'", r"'a\b'", "\"\""]
        );
    }

    #[test]
    fn names_in_the_policy_are_escaped() {
        assert_eq!(toml_string("a\"b\\c\u{1}"), r#""a\"b\\c\u0001""#);
        let (node, nic) = (NodeName::new("n1"), InterfaceName::new("eth*"));
        assert_eq!(pattern(Some(&node), &nic), "\"n1/eth[*]\"");
        assert_eq!(pattern(None, &InterfaceName::new("eth0")), "\"eth0\"");
    }

    #[test]
    fn interfaces_of_one_name_are_named_in_commands() {
        let (n1, n2) = (NodeName::new("n1"), NodeName::new("n2"));
        let (eth0, eth1) = (InterfaceName::new("eth0"), InterfaceName::new("a;b"));
        assert_eq!(in_command(&[(&n1, &eth0), (&n2, &eth1)]), "IFACE");
        assert_eq!(in_command(&[(&n1, &eth0), (&n2, &eth0)]), "eth0");
        assert_eq!(in_command(&[(&n1, &eth1)]), "\"a;b\"");
    }
}
