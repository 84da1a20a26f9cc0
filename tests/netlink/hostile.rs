//! Answers that are broken: wrong attributes, cut-off and mutated datagrams.

#![expect(clippy::disallowed_methods, reason = "reads recordings")]

use std::path::Path;

use netplan_cluster::discover::{Datagram, DecodeError, Dump, Malformed, Recording, inventory};
use netplan_cluster::model::{Fact, Gap};
use proptest::prelude::*;

use crate::wire::*;

#[test]
fn a_wrong_attribute_is_a_gap_of_its_interface_only() {
    let mut recording = recording();
    let broken = [attr(50, &[1]), attr(18, &[9, 0, 1, 0]), number(32, 4)];
    recording.netlink.link = dump(vec![link(2, "tun0", 65534, 0, &broken), nic(3, "eth0")]);
    let inventory = decode(&recording);
    assert_eq!(inventory.interfaces.len(), 2);
    assert_eq!(inventory.interfaces[1].rx_queues, Some(4));
    let gaps = inventory.gaps.iter().filter(|gap| gap.fact == Fact::Link);
    let causes: Vec<_> =
        gaps.map(|gap| (gap.interface.as_ref().unwrap().as_str(), gap.cause.as_str())).collect();
    assert_eq!(
        causes,
        [
            ("tun0", "attribute 1 of 9 bytes where 4 bytes are left"),
            ("tun0", "attribute 50 has 1 bytes where 4 are needed"),
        ]
    );
}

#[test]
fn malformed_datagrams_are_told_with_their_place() {
    let mut recording = recording();
    let whole = nic(2, "eth0");
    let cut = [whole.clone(), whole[..20].to_vec()].concat();
    recording.netlink.link = vec![Datagram::new(whole.clone()), Datagram::new(cut)];
    let error = inventory(&recording).unwrap_err();
    let length = u32::try_from(whole.len()).unwrap();
    let expected = DecodeError {
        dump: Dump::Link,
        datagram: 1,
        offset: whole.len(),
        source: Malformed::MessageLength { length, left: 20 },
    };
    assert_eq!(error, expected);
    assert!(error.to_string().starts_with("dump \"link\", datagram 1, byte "));
    let nameless = message(16, &[0; 16], &[]);
    recording.netlink.link = vec![Datagram::new(nameless)];
    let error = inventory(&recording).unwrap_err();
    assert_eq!(error.source, Malformed::Nameless(0));
}

#[test]
fn an_answer_without_end_or_with_an_error_is_a_gap() {
    let mut recording = recording();
    recording.netlink.link = vec![Datagram::new(nic(2, "eth0"))];
    let refused = message(2, &(-13_i32).to_ne_bytes(), &[]);
    recording.netlink.addr = vec![Datagram::new(refused)];
    let causes = causes(&decode(&recording));
    assert!(causes.iter().any(|cause| cause.contains("no end")), "{causes:?}");
    assert!(causes.iter().any(|cause| cause.contains("Permission denied")), "{causes:?}");
}

#[test]
fn an_answer_that_was_not_recorded_is_a_gap() {
    let empty = Recording::empty("n1".into());
    let facts = [Fact::Link, Fact::Addresses, Fact::Routes4, Fact::Routes6];
    let told = |recording: &Recording| -> Vec<(Fact, String)> {
        let gaps = decode(recording).gaps.into_iter();
        gaps.filter(|gap| facts.contains(&gap.fact)).map(|gap| (gap.fact, gap.cause)).collect()
    };
    let absent = facts.map(|fact| (fact, "the answer is not in the recording".to_owned()));
    assert_eq!(told(&empty), absent);
    let mut known = empty.clone();
    known.gaps =
        absent.map(|(fact, _)| Gap { interface: None, fact, cause: "why".to_owned() }).into();
    assert_eq!(told(&known), facts.map(|fact| (fact, "why".to_owned())));
    let mut hollow = recording();
    hollow.netlink.link = vec![Datagram::new(Vec::new())];
    assert_eq!(told(&hollow).len(), 1);
}

#[test]
fn a_refusal_may_tell_that_there_are_no_routes() {
    let refused = |errno: i32| vec![Datagram::new(message(3, &(-errno).to_ne_bytes(), &[]))];
    let gaps = |errno| {
        let mut recording = recording();
        recording.netlink.route4 = refused(errno);
        recording.netlink.route6 = refused(errno);
        let gaps = decode(&recording).gaps.into_iter();
        gaps.map(|gap| gap.fact).collect::<Vec<_>>()
    };
    assert_eq!(gaps(2), [], "no such table");
    assert_eq!(gaps(95), [Fact::Routes4], "no IPv6");
    assert_eq!(gaps(97), [Fact::Routes4], "no IPv6");
    assert_eq!(gaps(1), [Fact::Routes4, Fact::Routes6]);
}

fn recorded(shape: &str) -> Recording {
    let path = format!("fixtures/netlink/{shape}/recording.json");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Every dump in turn, with its name for messages.
fn dumps(recording: &mut Recording) -> [&mut Vec<Datagram>; 4] {
    let netlink = &mut recording.netlink;
    [&mut netlink.link, &mut netlink.addr, &mut netlink.route4, &mut netlink.route6]
}

/// The messages of a dump from last to first, in one datagram.
fn turned_around(dump: &[Datagram]) -> Vec<Datagram> {
    let mut messages = Vec::new();
    for datagram in dump {
        let mut rest = datagram.bytes();
        while let Some((length, _)) = rest.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_ne_bytes(*length)).unwrap();
            let (message, after) = rest.split_at(length.next_multiple_of(4));
            messages.push(message.to_vec());
            rest = after;
        }
    }
    let done = messages.pop().unwrap();
    let messages: Vec<_> = messages.into_iter().rev().chain([done]).collect();
    vec![Datagram::new(messages.concat())]
}

#[test]
fn the_order_of_messages_does_not_matter() {
    for shape in ["docker", "mixed", "proxmox", "vrf"] {
        let mut recording = recorded(shape);
        let whole = inventory(&recording).unwrap();
        for dump in dumps(&mut recording) {
            *dump = turned_around(dump);
        }
        assert_eq!(inventory(&recording).unwrap(), whole, "{shape}");
    }
}

#[test]
fn cut_off_at_any_byte_nothing_panics() {
    for shape in ["docker", "mixed", "proxmox", "vrf"] {
        let whole = recorded(shape);
        for which in 0..4 {
            let mut cut = whole.clone();
            let datagram = dumps(&mut cut)[which][0].bytes().to_vec();
            for end in 0..datagram.len() {
                dumps(&mut cut)[which][0] = Datagram::new(datagram[..end].to_vec());
                let _ = inventory(&cut);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn mutated_recordings_decode_or_fail(
        which in 0_usize..4,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..16),
    ) {
        let mut recording = recorded("proxmox");
        for datagram in dumps(&mut recording)[which].iter_mut() {
            let mut bytes = datagram.bytes().to_vec();
            for (place, value) in &changes {
                let place = place.index(bytes.len());
                bytes[place] = *value;
            }
            *datagram = Datagram::new(bytes);
        }
        let _ = inventory(&recording);
    }

    #[test]
    fn arbitrary_bytes_decode_or_fail(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        let mut recording = recording();
        for dump in dumps(&mut recording) {
            dump.push(Datagram::new(bytes.clone()));
        }
        let _ = inventory(&recording);
    }

    #[test]
    fn any_text_is_a_document_or_an_error(text in "[\\[\\]{}\",:a-z0-9 ]{0,64}") {
        let _ = netplan_cluster::import::parse(text.as_bytes(), "x", None);
    }
}
