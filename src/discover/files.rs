//! Files of a recording, as the decoders ask for them.

use std::collections::BTreeMap;
use std::fmt;

use crate::model::{Interface, InterfaceName};

use super::recording::FileFact;

/// Path of a file of an interface below `/sys/class/net`.
pub(super) fn net_path(interface: &InterfaceName, file: &str) -> String {
    format!("/sys/class/net/{interface}/{file}")
}

/// The files of one recording.
#[derive(Clone, Copy, Debug)]
pub(super) struct Files<'a>(pub(super) &'a BTreeMap<String, FileFact>);

/// A file that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unread {
    pub(super) errno: Option<i32>,
    path: String,
    cause: String,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.cause)
    }
}

impl<'a> Files<'a> {
    /// Content of a file; nothing if there is no such file.
    pub(super) fn text(self, path: &str) -> Result<Option<&'a str>, Unread> {
        self.get(path, |fact| match fact {
            FileFact::Text(text) => Some(text.trim()),
            _ => None,
        })
    }

    /// Whether the speed of any interface was asked for.
    pub(super) fn any_speed(self) -> bool {
        let mut below = self.0.keys().filter_map(|path| path.strip_prefix("/sys/class/net/"));
        below.any(|path| path.ends_with("/speed"))
    }

    /// Where a link leads; nothing if there is no such link.
    pub(super) fn link(self, path: &str) -> Result<Option<&'a str>, Unread> {
        self.get(path, |fact| match fact {
            FileFact::Link(target) => Some(target.as_str()),
            _ => None,
        })
    }

    /// Names in a folder; none if there is no such folder.
    pub(super) fn names(self, path: &str) -> Result<&'a [String], Unread> {
        let names = self.get(path, |fact| match fact {
            FileFact::Names(names) => Some(names.as_slice()),
            _ => None,
        });
        names.map(Option::unwrap_or_default)
    }

    fn get<T>(
        self,
        path: &str,
        read: impl Fn(&'a FileFact) -> Option<T>,
    ) -> Result<Option<T>, Unread> {
        let unread =
            |errno, cause: &str| Unread { errno, path: path.to_owned(), cause: cause.to_owned() };
        match self.0.get(path) {
            None => Err(unread(None, "not in the recording")),
            Some(fact) if fact.is_absent() => Ok(None),
            Some(FileFact::Error { errno, cause }) => Err(unread(*errno, cause)),
            Some(fact) => match read(fact) {
                Some(found) => Ok(Some(found)),
                None => Err(unread(None, "recorded as something else")),
            },
        }
    }
}

/// sysfs shows the interfaces of the namespace it was mounted in, which may be another one.
pub(super) fn check_namespace(files: Files<'_>, interface: &Interface) -> Result<(), String> {
    let path = net_path(&interface.name, "ifindex");
    let index = files.text(&path).map_err(|error| error.to_string())?;
    match index.map(str::parse::<u32>) {
        Some(Ok(index)) if interface.index == index => Ok(()),
        Some(_) => {
            Err(format!("{path} is not {}: /sys shows another network namespace", interface.index))
        }
        None => Err(format!("{path} does not exist: /sys shows another network namespace")),
    }
}
