use super::*;
use crate::layout;
use crate::model::service::{Interval, StoreKind, StorePlace};
use crate::model::{Event, NodeInventory, Policy};
use crate::service::builtin;
use crate::testkit::healthy;

fn service(profile: &str, hosts: &[&str], store: Option<&str>) -> DeclaredService {
    let hosts = hosts.iter().map(|host| NodeName::new(*host)).collect();
    let mut service = DeclaredService::new("batch", profile, hosts);
    service.store =
        store.map(|on| StorePlace { kind: StoreKind::Nfs4, on: Some(on.into()), path: None });
    service
}

/// What comes of hosts that are lost and return, at times in ms.
fn after(service: &DeclaredService, events: &[(u64, bool, &str)]) -> Vec<ServiceLoss> {
    let profile = builtin(&service.profile).unwrap();
    let setup = Setup { profile: &profile, service: Some(service), state: None };
    let events: Vec<(u64, bool, NodeName)> =
        events.iter().map(|(at, returns, host)| (*at, *returns, (*host).into())).collect();
    setup.through(&affairs_of_hosts(&events))
}

fn verdicts(losses: &[ServiceLoss]) -> Vec<(FailureMode, Verdict)> {
    losses.iter().map(|it| (it.loss.unwrap().mode, it.ruling.verdict)).collect()
}

#[test]
fn a_host_is_what_it_is_for_the_service() {
    use FailureMode::{Both, Power, Store};
    let mut torque = service("torque-2.4", &["a", "b"], Some("nas"));
    torque.roles.insert("submit".to_owned(), vec!["desk".into()]);
    let of = |host| verdicts(&after(&torque, &[(0, false, host)]));
    assert_eq!(of("a"), [(Power, Verdict::Takeover)]);
    assert_eq!(of("nas"), [(Store, Verdict::Never)]);
    assert_eq!(of("b"), [(Power, Verdict::Stays)]);
    assert_eq!(of("desk"), [(Power, Verdict::Stays)]);
    assert!(of("else").is_empty());
    let both = after(&torque, &[(0, false, "a"), (0, false, "b")]);
    assert_eq!(verdicts(&both), [(Both, Verdict::Never)]);
}

#[test]
fn a_standby_that_is_gone_takes_nothing_over() {
    let torque = service("torque-2.4", &["a", "b", "c"], None);
    let losses = after(&torque, &[(0, false, "b"), (5000, false, "a")]);
    assert_eq!(losses.len(), 2);
    assert_eq!(losses[0].ruling.verdict, Verdict::Stays);
    assert_eq!((losses[1].at_s, losses[1].to.as_ref()), (5.0, Some(&"c".into())));
}

#[test]
fn what_is_back_in_time_is_not_noticed() {
    let torque = service("torque-2.4", &["a", "b"], None);
    let back = |at| after(&torque, &[(1000, false, "a"), (at, true, "a")]).remove(0);
    assert_eq!(back(7000).ruling.verdict, Verdict::Stays);
    assert!(back(7000).timeline.is_empty());
    let unsure = back(7001);
    assert_eq!(unsure.ruling.verdict, Verdict::Takeover);
    assert!(unsure.ruling.condition.unwrap().contains("back first"));
    assert!(back(30_000).ruling.condition.is_none());
    let store = service("torque-2.4", &["a", "b"], Some("nas"));
    let store = after(&store, &[(0, false, "nas"), (60_000, true, "nas")]).remove(0);
    assert_eq!(store.clients[0].until_s, Some(Interval::exact(60.0)));
}

/// What comes of networks of a layout of three nodes, all on networks 0 to 2.
fn over(service: &DeclaredService, lost: &[usize], role_none: &[usize]) -> Vec<ServiceLoss> {
    let (inventories, mut policy) = (healthy(3), Policy::default());
    let layout = layout::form(&inventories, &policy);
    for place in role_none {
        let network = crate::model::NetworkPolicy { role: Some(Role::None), ..Default::default() };
        policy.networks.insert(layout.networks[*place].subnets[0], network);
    }
    let assignment = policy::assign(&layout, &policy);
    let chosen: Vec<&NodeInventory> = layout::chosen(&inventories);
    let cluster = Cluster::new(&chosen, &policy, &layout, &assignment);
    let event = |place: &usize| Event { at_ms: 0, returns: false, part: LostPart::Network(*place) };
    let scenario = Scenario { events: lost.iter().map(event).collect(), hold_ms: 0 };
    let profile = builtin(&service.profile).unwrap();
    let setup = Setup { profile: &profile, service: Some(service), state: None };
    setup.through(&affairs(&cluster, &scenario, &[]))
}

#[test]
fn networks_part_candidates_from_each_other_and_from_their_store() {
    let torque = service("torque-2.4", &["n1", "n2"], Some("n3"));
    assert!(over(&torque, &[0], &[]).is_empty());
    let all = over(&torque, &[0, 1, 2], &[]);
    assert_eq!(verdicts(&all), [(FailureMode::Store, Verdict::Never)]);
    // A network of role 0 carries no heartbeat, but the way to the store.
    let cut = over(&torque, &[0, 1], &[2]);
    assert_eq!(verdicts(&cut), [(FailureMode::Cut, Verdict::Stays)]);
    let vrrp = service("vrrp", &["n1", "n2"], None);
    let split = over(&vrrp, &[0, 1], &[2]);
    assert_eq!(verdicts(&split), [(FailureMode::Cut, Verdict::Split)]);
    assert!(over(&vrrp, &[0], &[2]).is_empty());
}

#[test]
fn hosts_that_no_inventory_describes_are_taken_as_reachable() {
    let torque = service("torque-2.4", &["n1", "n2"], Some("nas"));
    let cut = over(&torque, &[0, 1, 2], &[]);
    assert_eq!(verdicts(&cut), [(FailureMode::Cut, Verdict::Stays)]);
}

#[test]
fn who_took_over_is_lost_in_its_turn() {
    let torque = service("torque-2.4", &["a", "b"], None);
    let lost_a = (0, false, "a");
    let back = |at| (at, true, "a");
    let told = after(&torque, &[lost_a, back(60_000), (90_000, false, "b")]);
    assert_eq!(told.len(), 2, "{told:?}");
    let hosts = |loss: &ServiceLoss| [loss.from.clone().unwrap(), loss.to.clone().unwrap()];
    assert_eq!(hosts(&told[0]), ["a".into(), "b".into()]);
    assert_eq!((hosts(&told[1]), told[1].at_s), (["b".into(), "a".into()], 90.0));
    // What has no part in it is no news while the first host is away.
    let told = after(&torque, &[lost_a, (60_000, false, "else"), back(90_000)]);
    assert_eq!(told.len(), 1);
    // A service that returns by itself is on its first host again.
    let mut slurm = service("slurm", &["a", "b"], None);
    let events = [lost_a, back(300_000), (400_000, false, "b")];
    let stands_by = after(&slurm, &events).remove(1);
    assert_eq!(stands_by.ruling.verdict, Verdict::Stays);
    slurm.failback = Some(false);
    assert_eq!(after(&slurm, &events).remove(1).ruling.verdict, Verdict::Takeover);
}

#[test]
fn a_failure_in_a_failure_is_no_return() {
    let torque = service("torque-2.3", &["a", "b"], None);
    let told = after(&torque, &[(0, false, "a"), (10_000, false, "b"), (50_000, true, "a")]);
    let kinds = [(FailureMode::Power, Verdict::Never), (FailureMode::Both, Verdict::Never)];
    assert_eq!(verdicts(&told)[..2], kinds);
    assert!(told[0].ruling.reason.contains("next failure") && told[0].timeline.is_empty());
    assert_eq!(told[0].clients[0].until_s, Some(Interval::exact(10.0)));
    assert_eq!(told[1].ruling.condition.as_deref(), Some("until what is lost is back"));
}
