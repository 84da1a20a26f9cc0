//! Hosts of a job of PBS or TORQUE: `exec_host` and `exec_vnode`.

use crate::model::{HostShare, NodeName};

/// Most hosts of one job.
const MOST: usize = 65_536;

/// Whether text may be the name of a host: short, and without blanks and control characters.
pub(super) fn is_host_name(text: &str) -> bool {
    let plain = |it: char| it.is_alphanumeric() || "-_.:[]".contains(it);
    !text.is_empty() && text.len() <= 255 && text.chars().all(plain)
}

/// The hosts of `exec_host`, such as `n1/0*8+n2/3`, `n1/0+n1/1` or `n1/0-43`, each with its cores;
/// where `exec_vnode` has as many chunks, its `ncpus` count instead.
///
/// # Errors
/// What it should be, in words.
pub(super) fn shares(exec_host: &str, exec_vnode: Option<&str>) -> Result<Vec<HostShare>, String> {
    let items: Vec<&str> = exec_host.trim().split('+').filter(|it| !it.is_empty()).collect();
    if items.len() > MOST {
        return Err(format!("at most {MOST} hosts"));
    }
    let chunks: Vec<Option<u64>> = exec_vnode.map(chunks).unwrap_or_default();
    let chunks = Some(chunks).filter(|it| it.len() == items.len()).unwrap_or_default();
    let mut shares: Vec<HostShare> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for (place, item) in items.iter().enumerate() {
        let (name, slots) = item.split_once('/').map_or((*item, None), |it| (it.0, Some(it.1)));
        if !is_host_name(name) {
            return Err(format!("a list of hosts: {name:?} is no name"));
        }
        let by_slots = slots.map(|text| count(text).ok_or("hosts with their slots")).transpose()?;
        let cores = chunks.get(place).copied().flatten().or(by_slots);
        if let Some(share) = places.get(name).and_then(|at: &usize| shares.get_mut(*at)) {
            share.cores = share.cores.zip(cores).map(|(a, b)| a.saturating_add(b));
        } else {
            places.insert(name, shares.len());
            shares.push(HostShare { node: NodeName::new(name), cores });
        }
    }
    Ok(shares)
}

/// How many slots `0`, `3*8`, `0-43` or `0-3,5` stand for.
pub(super) fn count(slots: &str) -> Option<u64> {
    if let Some((_, times)) = slots.split_once('*') {
        return times.parse().ok();
    }
    let of_range = |range: &str| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
        last.checked_sub(first)?.checked_add(1)
    };
    slots.split(',').try_fold(0_u64, |sum, range| sum.checked_add(of_range(range)?))
}

/// Cores of each chunk of `(n1:ncpus=4:mem=8gb+n1b:ncpus=2)+(n2:ncpus=1)`.
fn chunks(exec_vnode: &str) -> Vec<Option<u64>> {
    let inner = exec_vnode.trim().trim_start_matches('(').trim_end_matches(')');
    let cores =
        |vnode: &str| vnode.split(':').find_map(|it| it.strip_prefix("ncpus="))?.parse().ok();
    let of_chunk =
        |chunk: &str| chunk.split('+').try_fold(0_u64, |sum, vnode| sum.checked_add(cores(vnode)?));
    inner.split(")+(").map(of_chunk).collect()
}

/// Cores that `nodes` of TORQUE asks for, such as `2:ppn=8+n7:ppn=4`.
pub(super) fn asked(nodes: &str) -> Option<u64> {
    let of_part = |part: &str| {
        let mut words = part.split(':');
        let count = words.next()?.parse().unwrap_or(1_u64);
        let ppn =
            words.find_map(|it| it.strip_prefix("ppn=")).map_or(Some(1), |it| it.parse().ok());
        count.checked_mul(ppn?)
    };
    nodes.split('+').try_fold(0_u64, |sum, part| sum.checked_add(of_part(part)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(host: &str, vnode: Option<&str>) -> String {
        let of = |it: &HostShare| format!("{}:{}", it.node, it.cores.map_or(-1, u64::cast_signed));
        shares(host, vnode).unwrap().iter().map(of).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn hosts_come_with_their_cores() {
        assert_eq!(told("n1/0*8+n2/3", None), "n1:8 n2:1");
        assert_eq!(told("n1/0+n1/1+n10/0", None), "n1:2 n10:1");
        assert_eq!(told("c0/0-43", None), "c0:44");
        assert_eq!(told("c0/0-3,8", None), "c0:5");
        assert_eq!(told("big.host", None), "big.host:-1");
        assert_eq!(
            told("n1/0+n2/0", Some("(n1[0]:ncpus=4+n1[1]:ncpus=2)+(n2:ncpus=1)")),
            "n1:6 n2:1"
        );
        assert_eq!(told("n1/0*2", Some("(n1:mem=1gb)")), "n1:2");
        assert_eq!(told("", None), "");
        assert!(shares("n 1/0", None).is_err());
        assert!(shares("n1/x", None).is_err());
        assert!(shares("n1/5-3", None).is_err());
    }

    #[test]
    fn what_torque_is_asked_for_is_counted() {
        assert_eq!(
            [asked("1:ppn=8"), asked("2:ppn=8+n7:ppn=4"), asked("3")],
            [Some(8), Some(20), Some(3)]
        );
        assert_eq!(asked("18446744073709551615:ppn=2"), None);
    }
}
