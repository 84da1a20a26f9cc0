//! What a service can't lose, and what is wrong with its set-up: facts for plans and for rules.

use std::collections::{BTreeMap, BTreeSet};

use super::lose::Setup;
use super::ruling::rule;
use crate::model::NodeName;
use crate::model::service::{
    Backing, DeclaredService, FailureMode, Profile, SinglePoint, StoreKind, Verdict, WorkPolicy,
};

/// Hosts and habits that take the service down, hosts with the most roles first.
#[must_use]
pub fn single_points(setup: &Setup<'_>) -> Vec<SinglePoint> {
    let Some(service) = setup.service else { return Vec::new() };
    let mut points = hosts(setup, service);
    let mut add = |is: bool, what: &str, follows: &str| {
        if is {
            let what = vec![what.to_owned()];
            points.push(SinglePoint { host: None, what, follows: follows.to_owned() });
        }
    };
    add(
        needs_clear_lock(service, setup.profile),
        "an NFSv3 store under a lock",
        "after the death of a host nobody takes over until somebody clears its lock",
    );
    add(
        names_differ(service).is_some(),
        "the first server name differs between nodes",
        "job names and the server that is tried first depend on the node",
    );
    add(
        holds_work(service, setup.profile) && service.files_through_head == Some(true),
        "files are reached through the head",
        "jobs hang when it is lost, although their nodes stay up",
    );
    points
}

fn hosts(setup: &Setup<'_>, service: &DeclaredService) -> Vec<SinglePoint> {
    let profile = setup.profile;
    let mut is: BTreeMap<&NodeName, Vec<String>> = BTreeMap::new();
    let mut critical: BTreeSet<&NodeName> = BTreeSet::new();
    if let ([only], false) = (service.hosts.as_slice(), profile.store == Backing::Replicated) {
        is.entry(only).or_default().push("only candidate".to_owned());
        critical.insert(only);
    }
    if let Some(host) = store_host(service, profile) {
        let path = service.store.as_ref().and_then(|store| store.path.as_deref());
        let what = path.map_or_else(String::new, |path| format!(" {path}"));
        is.entry(host).or_default().push(format!("host of the store{what}"));
        critical.insert(host);
    }
    for (role, hosts) in &service.roles {
        if let [only] = hosts.as_slice() {
            is.entry(only).or_default().push(format!("only {role}"));
        }
    }
    let mut points: Vec<SinglePoint> = is
        .into_iter()
        .map(|(host, what)| {
            let follows = follows(setup, service, (host, critical.contains(host)));
            SinglePoint { host: Some(host.clone()), what, follows }
        })
        .collect();
    points.sort_by_key(|point| std::cmp::Reverse(point.what.len()));
    points
}

fn follows(
    setup: &Setup<'_>,
    service: &DeclaredService,
    (host, is_critical): (&NodeName, bool),
) -> String {
    let is_candidate = service.hosts.contains(host) && service.hosts.len() > 1;
    let goes_on = || rule(setup, FailureMode::Store.into()).verdict == Verdict::Stays;
    let text = match (is_critical, is_candidate) {
        (true, true) => {
            "the store goes down with a candidate that others should replace: then none can"
        }
        (true, false) if service.stores_on(host) && goes_on() => {
            "nobody can take over without it, and nothing is saved"
        }
        (true, false) => "the service is lost with it, whoever stands by",
        (false, _) => "the service goes on without that role",
    };
    text.to_owned()
}

/// The one host that a store stands on, where it is no copy on each.
fn store_host<'s>(service: &'s DeclaredService, profile: &Profile) -> Option<&'s NodeName> {
    if profile.store != Backing::Shared {
        return None;
    }
    let store = service.store.as_ref().filter(|it| it.kind != StoreKind::Replicated)?;
    store.on.as_ref()
}

/// The host that serves the store to itself as a candidate.
#[must_use]
pub fn head_stores_for_itself<'s>(
    service: &'s DeclaredService,
    profile: &Profile,
) -> Option<&'s NodeName> {
    store_host(service, profile).filter(|host| service.hosts.contains(host))
}

/// The host that serves the store and has further roles of the service, such as that of clients.
#[must_use]
pub fn serves_store_to_itself<'s>(
    service: &'s DeclaredService,
    profile: &Profile,
) -> Option<&'s NodeName> {
    store_host(service, profile).filter(|host| service.roles_of(host).next().is_some())
}

/// Whether nodes that lost their master stay up and go on with their work.
#[must_use]
pub fn holds_work(service: &DeclaredService, profile: &Profile) -> bool {
    match profile.work.on_loss {
        WorkPolicy::HoldForever => true,
        WorkPolicy::HoldUntilQuiet => service.run_to_completion != Some(false),
        WorkPolicy::Reboot => service.run_to_completion == Some(true),
        WorkPolicy::Continue | WorkPolicy::CancelAll => false,
    }
}

/// Whether the lock of a dead host stays until somebody clears it.
#[must_use]
pub fn needs_clear_lock(service: &DeclaredService, profile: &Profile) -> bool {
    let is_v3 = service.store.as_ref().is_some_and(|store| store.kind == StoreKind::Nfs3);
    is_v3 && super::lose::locks(profile)
}

/// Two nodes whose lists of server names begin with different names.
#[must_use]
pub fn names_differ(service: &DeclaredService) -> Option<[&NodeName; 2]> {
    let mut firsts = service.names.iter().map(|(node, names)| (node, names.first()));
    let (one, first) = firsts.next()?;
    firsts.find(|(_, other)| *other != first).map(|(other, _)| [one, other])
}
