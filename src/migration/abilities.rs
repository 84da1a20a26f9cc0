//! Which program and which policy knows which option.

use super::policy::{self, Loop};
use super::setup::SpecificationError;
use super::version::Version;
use crate::model::{Clear, Specification, StopPolicy, Vmm};

/// An option of QEMU's that not every program, version or policy knows.
struct Ability {
    /// Where it stands.
    place: &'static str,
    /// Whether it is asked for.
    is_asked: fn(&Specification) -> bool,
    /// Why it can't be had, if so.
    lacks: fn(&Asked<'_>) -> Option<String>,
    /// Takes it back.
    drop: fn(&mut Specification),
}

/// Who is asked.
struct Asked<'a> {
    spec: &'a Specification,
    policy: StopPolicy,
    vmm: Vmm,
    version: Version,
}

/// In the order in which they are refused.
///
/// Sources: QEMU's `migrate_caps_check` (`migration/options.c`, before 8.1 `migration.c`); Cloud
/// Hypervisor's `docs/live_migration.md`; Xen's `xg_sr_save.c`; Hyper-V's migration settings know a
/// number of migrations and a transport, none of these.
static ABILITIES: [Ability; 7] = [
    Ability {
        place: "auto_converge",
        is_asked: |spec| spec.auto_converge.is_some(),
        lacks: |asked| {
            asked.beyond_qemu("does not slow the guest's processors").or_else(|| {
                let is_rounds = policy::preset(asked.spec).runs != Loop::Windows;
                is_rounds.then(|| {
                    format!("the policy {} goes round by round, without", asked.policy.name())
                })
            })
        },
        drop: |spec| spec.auto_converge = None,
    },
    Ability {
        place: "xbzrle",
        is_asked: |spec| spec.xbzrle.is_some(),
        lacks: |asked| {
            asked.beyond_qemu("sends no differences of pages").or_else(|| {
                (asked.channels() > 0).then(|| {
                    "QEMU sends no differences over multifd channels, and from 8.2 on refuses the \
                     pair: leave one of them out"
                        .to_owned()
                })
            })
        },
        drop: |spec| spec.xbzrle = None,
    },
    Ability {
        place: "multifd_channels",
        is_asked: |spec| spec.multifd_channels.is_some_and(|it| it > 0),
        lacks: |asked| asked.beyond_qemu("has no multifd channels"),
        drop: |spec| spec.multifd_channels = None,
    },
    Ability {
        place: "postcopy",
        is_asked: |spec| spec.postcopy.is_some(),
        lacks: |asked| asked.beyond_qemu("has no post-copy").or_else(|| asked.no_postcopy()),
        drop: |spec| spec.postcopy = None,
    },
    Ability {
        place: "multifd_channels",
        is_asked: |spec| policy::may_postcopy(spec),
        lacks: |asked| {
            let is_refused = asked.channels() > 0 && !asked.version.joins_postcopy_and_multifd;
            is_refused.then(|| {
                format!(
                    "{} has no multifd together with post-copy, QEMU 10.1 has: leave one of them out",
                    asked.vmm.name()
                )
            })
        },
        drop: |spec| spec.multifd_channels = None,
    },
    Ability {
        place: "avail_switchover_bandwidth_bytes_s",
        is_asked: |spec| spec.avail_switchover_bandwidth_bytes_s.is_some_and(|it| it > 0.0),
        lacks: |asked| {
            asked.beyond_qemu("can't be told the bandwidth of the switchover").or_else(|| {
                let is_old = !asked.version.knows_switchover;
                is_old.then(|| format!("{} does not know it, QEMU 8.2 does", asked.vmm.name()))
            })
        },
        drop: |spec| spec.avail_switchover_bandwidth_bytes_s = None,
    },
    Ability {
        place: "clear",
        is_asked: |spec| matches!(spec.clear, Some(Clear::Chunk { .. })),
        lacks: |asked| asked.beyond_qemu("clears the dirty log at once, not in chunks"),
        drop: |spec| spec.clear = None,
    },
];

/// Checks that every option asked for is one that the program and the policy know.
///
/// # Errors
/// The first that they do not.
pub(super) fn check(spec: &Specification) -> Result<(), SpecificationError> {
    match refused(spec) {
        Some((ability, reason)) => {
            Err(SpecificationError::Refused { place: ability.place.into(), reason })
        }
        None => Ok(()),
    }
}

/// The specification without what its program and policy do not know.
pub(super) fn without_unknown(mut spec: Specification) -> Specification {
    while let Some((ability, _)) = refused(&spec) {
        (ability.drop)(&mut spec);
    }
    spec
}

fn refused(spec: &Specification) -> Option<(&'static Ability, String)> {
    let policy = policy::policy_of(spec);
    let vmm = policy::runner(policy, spec.vmm);
    let asked = Asked { spec, policy, vmm, version: Version::of(vmm) };
    let mut all = ABILITIES.iter().filter(|it| (it.is_asked)(spec));
    all.find_map(|it| Some((it, (it.lacks)(&asked)?)))
}

impl Asked<'_> {
    fn channels(&self) -> u32 {
        self.spec.multifd_channels.unwrap_or(0)
    }

    /// What a program that is not QEMU lacks.
    fn beyond_qemu(&self, lacks: &str) -> Option<String> {
        (!self.vmm.is_qemu()).then(|| format!("{} {lacks}: QEMU does", self.vmm.name()))
    }

    /// Why a policy does not ask for post-copy.
    fn no_postcopy(&self) -> Option<String> {
        let policies = "qemu, qemu-auto-converge, postcopy, kubevirt, nova and ovirt-postcopy do";
        let name = self.policy.name();
        (!policy::may_postcopy(self.spec))
            .then(|| format!("the policy {name} never asks for post-copy; {policies}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::forecast;
    use crate::migration::samples::busy;
    use crate::model::{AutoConverge, Postcopy, Xbzrle};

    type Ask = fn(&mut Specification);

    const ASKS: [(&str, Ask); 6] = [
        ("auto_converge", |spec| spec.auto_converge = Some(AutoConverge::default())),
        ("xbzrle", |spec| {
            spec.xbzrle = Some(Xbzrle { cache_bytes: 1 << 26, encoded_bytes_per_page: 9.0 });
        }),
        ("multifd_channels", |spec| spec.multifd_channels = Some(2)),
        ("postcopy", |spec| {
            spec.postcopy = Some(Postcopy { after_iteration: 2, max_bandwidth_bytes_s: None });
        }),
        ("avail_switchover_bandwidth_bytes_s", |spec| {
            spec.avail_switchover_bandwidth_bytes_s = Some(1e9);
        }),
        ("clear", |spec| spec.clear = Some(Clear::Chunk { chunk_bytes: 1 << 24 })),
    ];

    fn said(spec: &Specification) -> Option<(String, String)> {
        match forecast(spec) {
            Err(SpecificationError::Refused { place, reason }) => {
                Some((place.into_owned(), reason))
            }
            Err(other) => panic!("{other}"),
            Ok(_) => None,
        }
    }

    #[test]
    fn what_only_qemu_has_is_refused_elsewhere() {
        for vmm in Vmm::ALL {
            for (place, ask) in ASKS {
                let mut spec = busy();
                spec.vmm = vmm;
                ask(&mut spec);
                let is_old = vmm == Vmm::Qemu72 && place.starts_with("avail");
                let said = said(&spec);
                assert_eq!(said.is_some(), !vmm.is_qemu() || is_old, "{vmm:?} {said:?}");
                assert!(said.is_none_or(|(at, why)| at == place && why.contains(vmm.name())));
            }
        }
    }

    #[test]
    fn pairs_are_refused_as_qemu_does() {
        let pair = |vmm, first: usize, second: usize| {
            let mut spec = busy();
            spec.vmm = vmm;
            ASKS[first].1(&mut spec);
            ASKS[second].1(&mut spec);
            said(&spec).map(|(place, _)| place)
        };
        for vmm in [Vmm::Qemu72, Vmm::Qemu82, Vmm::Qemu10] {
            assert_eq!(pair(vmm, 1, 2).as_deref(), Some("xbzrle"));
            let is_new = vmm == Vmm::Qemu10;
            assert_eq!(pair(vmm, 2, 3).as_deref(), (!is_new).then_some("multifd_channels"));
            assert_eq!(pair(vmm, 0, 3), None);
        }
    }

    #[test]
    fn a_policy_that_never_asks_for_post_copy_refuses_it() {
        for policy in StopPolicy::ALL {
            let mut spec = busy();
            spec.policy = Some(policy);
            ASKS[3].1(&mut spec);
            let knows = matches!(
                policy,
                StopPolicy::Qemu
                    | StopPolicy::QemuAutoConverge
                    | StopPolicy::Postcopy
                    | StopPolicy::Kubevirt
                    | StopPolicy::Nova
                    | StopPolicy::OvirtPostcopy
            );
            assert_eq!(said(&spec).is_none(), knows, "{policy:?}");
        }
    }

    #[test]
    fn what_is_unknown_can_be_left_out() {
        let mut spec = busy();
        for (_, ask) in ASKS {
            ask(&mut spec);
        }
        spec.vmm = Vmm::Xen;
        let left = Specification { vmm: Vmm::Xen, ..busy() };
        assert_eq!(without_unknown(spec.clone()), left);
        spec.vmm = Vmm::Qemu10;
        assert_eq!(without_unknown(spec.clone()), Specification { xbzrle: None, ..spec });
    }

    #[test]
    fn a_policy_of_rounds_slows_no_guest() {
        let mut spec = busy();
        spec.policy = Some(StopPolicy::Tcp);
        ASKS[0].1(&mut spec);
        assert!(said(&spec).unwrap().1.contains("round by round"));
    }
}
