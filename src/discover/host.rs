//! The name of this host.

#![expect(clippy::disallowed_methods, reason = "reads the host name")]

use thiserror::Error;

use crate::model::NodeName;

use super::DiscoverError;

/// File of the kernel's host name.
pub(super) const HOST_NAME: &str = "/proc/sys/kernel/hostname";

/// Longest name of a node, in bytes (`HOST_NAME_MAX` of DNS names).
const LONGEST_NAME: usize = 255;

/// This host's name, as `uname -n` prints it.
///
/// # Errors
/// When the kernel does not tell it, or it is no name for a node.
pub fn local_node_name() -> Result<NodeName, DiscoverError> {
    let name = std::fs::read_to_string(HOST_NAME)
        .map_err(|source| DiscoverError::HostName { path: HOST_NAME, source })?;
    node_name(name.trim()).map_err(|source| DiscoverError::BadHostName { path: HOST_NAME, source })
}

/// Text that is no name for a node.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NodeNameError {
    /// Nothing.
    #[error("the node's name is empty")]
    Empty,
    /// Longer than any host name.
    #[error("the node's name has {0} bytes: 255 are the most")]
    TooLong(usize),
    /// It would break a table or a terminal.
    #[error("the node's name {0:?} holds a control character")]
    Control(String),
    /// It would be taken for an option, or be a hidden file.
    #[error("the node's name {0:?} begins with {start:?}", start = .0.get(..1).unwrap_or_default())]
    Start(String),
    /// It would lead to another folder.
    #[error("the node's name {0:?} holds a slash")]
    Slash(String),
}

/// `name` as the name of a node: 1 to 255 bytes without control characters and slashes, not
/// beginning with `-` or `.`, so that it can be neither an option nor a path.
///
/// # Errors
/// When it is none.
pub fn node_name(name: &str) -> Result<NodeName, NodeNameError> {
    if name.is_empty() {
        Err(NodeNameError::Empty)
    } else if name.len() > LONGEST_NAME {
        Err(NodeNameError::TooLong(name.len()))
    } else if name.chars().any(char::is_control) {
        Err(NodeNameError::Control(name.to_owned()))
    } else if name.starts_with(['-', '.']) {
        Err(NodeNameError::Start(name.to_owned()))
    } else if name.contains('/') {
        Err(NodeNameError::Slash(name.to_owned()))
    } else {
        Ok(NodeName::new(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_bounds() {
        assert_eq!(node_name(""), Err(NodeNameError::Empty));
        assert!(node_name(&"n".repeat(255)).is_ok());
        assert_eq!(node_name(&"n".repeat(256)), Err(NodeNameError::TooLong(256)));
        assert!(node_name("n\n1").is_err());
        assert_eq!(node_name("n1").unwrap().as_str(), "n1");
    }

    #[test]
    fn a_name_is_neither_an_option_nor_a_path() {
        for name in ["-oProxyCommand=x", ".", "..", "../x", ".hidden"] {
            assert_eq!(node_name(name), Err(NodeNameError::Start(name.to_owned())));
        }
        for name in ["/etc/x", "a/b", "a/.."] {
            assert_eq!(node_name(name), Err(NodeNameError::Slash(name.to_owned())));
        }
        let told = node_name("-o").unwrap_err().to_string();
        assert_eq!(told, "the node's name \"-o\" begins with \"-\"");
        assert!(node_name("rack-1.example.org").is_ok());
    }

    #[test]
    fn this_host_has_a_name() {
        assert!(!local_node_name().unwrap().as_str().is_empty());
    }
}
