//! What the node's own name resolves to, and its name servers, as its files tell.
//!
//! No resolver is asked: that could block, and would tell what another machine thinks.

use std::net::IpAddr;

use crate::model::{Fact, Gap, NodeName};

use super::files::Files;
use super::host::HOST_NAME;

/// The file of names that are resolved without a resolver.
pub(super) const HOSTS: &str = "/etc/hosts";
/// The file of name servers.
pub(super) const RESOLV_CONF: &str = "/etc/resolv.conf";

/// Of the text of `/etc/hosts` what names `host`, as lines of an address and that name: a recording
/// is for others to see, and they need not see the rest.
pub(super) fn host_lines(text: &str, host: &str) -> String {
    let entries = entries(text, host).map(|(address, name)| format!("{address} {name}"));
    entries.collect::<Vec<_>>().join("\n")
}

/// Of the text of `/etc/resolv.conf` the lines that give name servers.
pub(super) fn server_lines(text: &str) -> String {
    let servers = servers(text).map(|server| format!("nameserver {server}"));
    servers.collect::<Vec<_>>().join("\n")
}

/// Addresses of the node's own name (the kernel's host name) in `/etc/hosts`, in its order.
pub(super) fn own_addresses(files: Files<'_>, node: &NodeName, gaps: &mut Vec<Gap>) -> Vec<IpAddr> {
    let host = files.text(HOST_NAME).ok().flatten().unwrap_or(node.as_str());
    let found = match files.text(HOSTS) {
        Ok(text) => addresses_of(text.unwrap_or_default(), host),
        Err(error) => Err(error.to_string()),
    };
    found.unwrap_or_else(|cause| {
        gaps.push(Gap { interface: None, fact: Fact::OwnName, cause });
        Vec::new()
    })
}

fn addresses_of(text: &str, host: &str) -> Result<Vec<IpAddr>, String> {
    let mut addresses = Vec::new();
    for (address, _) in entries(text, host) {
        if let Some(address) = parse(address)
            && !addresses.contains(&address)
        {
            addresses.push(address);
        }
    }
    if addresses.is_empty() {
        return Err(format!("{HOSTS} does not name {host}, and no resolver was asked"));
    }
    Ok(addresses)
}

/// Address and name of every line that names `host`, in any letter case, as one of its names.
fn entries<'a>(text: &'a str, host: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    text.lines().filter_map(move |line| {
        let line = line.split_once('#').map_or(line, |(before, _)| before);
        let mut words = line.split_whitespace();
        let address = words.next()?;
        words.find(|name| name.eq_ignore_ascii_case(host)).map(|name| (address, name))
    })
}

/// Name servers on other machines. Only servers on this one are a gap: whom those ask is told
/// elsewhere.
pub(super) fn resolvers(files: Files<'_>, gaps: &mut Vec<Gap>) -> Vec<IpAddr> {
    let mut gap = |cause| gaps.push(Gap { interface: None, fact: Fact::Resolvers, cause });
    let text = match files.text(RESOLV_CONF) {
        Ok(text) => text.unwrap_or_default(),
        Err(error) => {
            gap(error.to_string());
            return Vec::new();
        }
    };
    let all: Vec<IpAddr> = servers(text).filter_map(parse).collect();
    let mut elsewhere = Vec::new();
    for server in all.iter().filter(|server| !server.is_loopback()) {
        if !elsewhere.contains(server) {
            elsewhere.push(*server);
        }
    }
    match all.first() {
        Some(local) if elsewhere.is_empty() => {
            gap(format!(
                "{RESOLV_CONF} names {local} on the node itself; whom it asks is not known"
            ));
        }
        _ => {}
    }
    elsewhere
}

fn servers(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("nameserver")).then(|| words.next()).flatten()
    })
}

/// An address, which may name a zone.
fn parse(text: &str) -> Option<IpAddr> {
    text.split_once('%').map_or(text, |(address, _)| address).parse().ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::recording::FileFact;
    use super::*;

    const HOSTS_TEXT: &str = "127.0.0.1 localhost\n\
        # 10.9.9.9 n1\n\
        10.0.0.1\tn1.example.org N1 # n2\n\
        10.0.0.2 n2 n11 n1-ib\n\
        ten n1\n\
        10.0.0.1 n1\n\
        fe80::1%eth0 n1\n";

    fn files(hosts: &str, servers: &str) -> BTreeMap<String, FileFact> {
        let text = |path: &str, text: &str| (path.to_owned(), FileFact::Text(text.to_owned()));
        BTreeMap::from([text(HOST_NAME, "n1"), text(HOSTS, hosts), text(RESOLV_CONF, servers)])
    }

    fn told(addresses: &[IpAddr]) -> Vec<String> {
        addresses.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn whole_names_count_in_any_letter_case_and_comments_do_not() {
        let mut gaps = Vec::new();
        let excerpt = host_lines(HOSTS_TEXT, "n1");
        assert_eq!(excerpt, "10.0.0.1 N1\nten n1\n10.0.0.1 n1\nfe80::1%eth0 n1");
        for text in [HOSTS_TEXT, &excerpt] {
            let files = files(text, "");
            let found = own_addresses(Files(&files), &NodeName::new("other"), &mut gaps);
            assert_eq!(told(&found), ["10.0.0.1", "fe80::1"]);
        }
        assert_eq!(gaps, []);
    }

    #[test]
    fn a_name_that_is_not_there_is_a_gap() {
        let mut gaps = Vec::new();
        let files = files("10.0.0.2 n2\n", "");
        assert!(own_addresses(Files(&files), &NodeName::new("n1"), &mut gaps).is_empty());
        let none = BTreeMap::new();
        assert!(own_addresses(Files(&none), &NodeName::new("n1"), &mut gaps).is_empty());
        let causes: Vec<&str> = gaps.iter().map(|gap| gap.cause.as_str()).collect();
        assert_eq!(
            causes,
            [
                "/etc/hosts does not name n1, and no resolver was asked",
                "/etc/hosts: not in the recording"
            ]
        );
    }

    #[test]
    fn name_servers_on_the_node_itself_are_left_out() {
        let text = "search example.org\n;nameserver 10.0.0.8\nnameserver 10.0.0.9\n\
            nameserver ::1\nnameserver 10.0.0.9\n nameserver fe80::9%eth0\noptions edns0\n";
        let mut gaps = Vec::new();
        let excerpt = server_lines(text);
        assert!(!excerpt.contains("example"), "{excerpt}");
        for text in [text, &excerpt] {
            let found = resolvers(Files(&files("", text)), &mut gaps);
            assert_eq!(told(&found), ["10.0.0.9", "fe80::9"]);
        }
        assert_eq!(gaps, []);
        assert!(resolvers(Files(&files("", "")), &mut gaps).is_empty() && gaps.is_empty());
        assert!(resolvers(Files(&files("", "nameserver 127.0.0.53")), &mut gaps).is_empty());
        assert!(gaps[0].cause.contains("127.0.0.53 on the node itself"), "{gaps:?}");
    }
}
