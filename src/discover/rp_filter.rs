//! Reverse-path filters of IPv4, out of `/proc/sys`.

use crate::model::{Fact, Gap, Interface, InterfaceKind};

use super::files::Files;
use super::hardware::may_have_device;

/// The setting for all interfaces.
pub(super) const FILTER_OF_ALL: &str = "/proc/sys/net/ipv4/conf/all/rp_filter";

/// The setting of one interface. Dots in its name stay dots: it is the name of a folder.
pub(super) fn filter_path(interface: &Interface) -> String {
    format!("/proc/sys/net/ipv4/conf/{}/rp_filter", interface.name)
}

/// Whether the setting is read: of interfaces that may form a network, which leaves out the many
/// ends of container pairs.
pub(super) fn has_filter(interface: &Interface) -> bool {
    may_have_device(interface)
        || matches!(
            interface.kind,
            InterfaceKind::Bond
                | InterfaceKind::Team
                | InterfaceKind::Bridge
                | InterfaceKind::Vlan
                | InterfaceKind::Macvlan
                | InterfaceKind::Ipvlan
                | InterfaceKind::OpenVswitch
        )
}

/// Sets the filter in force, which is the greater of the interface's own and that of all
/// (`Documentation/networking/ip-sysctl.rst`). Where that of all can't be read, it is one gap.
pub(super) fn set_filters(files: Files<'_>, interfaces: &mut [Interface], gaps: &mut Vec<Gap>) {
    let mut concerned = interfaces.iter_mut().filter(|found| has_filter(found)).peekable();
    if concerned.peek().is_none() {
        return;
    }
    let gap = |interface, cause| Gap { interface, fact: Fact::ReversePathFilter, cause };
    let all = match setting(files, FILTER_OF_ALL) {
        Ok(all) => all,
        Err(cause) => return gaps.push(gap(None, cause)),
    };
    for interface in concerned {
        match setting(files, &filter_path(interface)) {
            Ok(own) => interface.rp_filter = Some(own.max(all)),
            Err(cause) => gaps.push(gap(Some(interface.name.clone()), cause)),
        }
    }
}

fn setting(files: Files<'_>, path: &str) -> Result<u8, String> {
    let text = files.text(path).map_err(|error| error.to_string())?;
    let text = text.ok_or_else(|| format!("{path} does not exist"))?;
    let known = text.parse().ok().filter(|setting| *setting <= 2);
    known.ok_or_else(|| format!("{path}: \"{text}\" is none of 0, 1 and 2"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::recording::FileFact;
    use super::*;

    fn told(all: &str, own: &str) -> (Vec<Option<u8>>, Vec<Gap>) {
        let text = |text: &str| FileFact::Text(text.to_owned());
        let vlan = Interface::new("bond0.20", 2, InterfaceKind::Vlan);
        let veth = Interface::new("veth0", 3, InterfaceKind::Veth);
        let files = BTreeMap::from([
            (FILTER_OF_ALL.to_owned(), text(all)),
            (filter_path(&vlan), text(own)),
        ]);
        let (mut interfaces, mut gaps) = ([vlan, veth], Vec::new());
        set_filters(Files(&files), &mut interfaces, &mut gaps);
        (interfaces.iter().map(|found| found.rp_filter).collect(), gaps)
    }

    #[test]
    fn the_greater_setting_is_in_force_and_pairs_are_left_out() {
        assert_eq!(told("0", "1"), (vec![Some(1), None], vec![]));
        assert_eq!(told("2", "1"), (vec![Some(2), None], vec![]));
        assert_eq!(told("0", "0"), (vec![Some(0), None], vec![]));
    }

    #[test]
    fn what_is_no_setting_is_a_gap() {
        let (found, gaps) = told("0", "3");
        assert_eq!(found, [None, None]);
        assert!(gaps[0].cause.ends_with("bond0.20/rp_filter: \"3\" is none of 0, 1 and 2"));
    }

    #[test]
    fn without_proc_there_is_one_gap() {
        let (mut interfaces, mut gaps) = (Vec::new(), Vec::new());
        set_filters(Files(&BTreeMap::new()), &mut interfaces, &mut gaps);
        assert_eq!(gaps, []);
        for index in 1..9 {
            interfaces.push(Interface::new(format!("eth{index}"), index, InterfaceKind::Physical));
        }
        set_filters(Files(&BTreeMap::new()), &mut interfaces, &mut gaps);
        assert_eq!(gaps.len(), 1);
        assert_eq!(gaps[0].cause, format!("{FILTER_OF_ALL}: not in the recording"));
    }
}
