//! Services that the policy declares.

use std::collections::BTreeMap;

use crate::model::{NodeName, Place};

/// A service that must survive the loss of a host.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredService {
    /// What it is called.
    pub name: String,
    /// Its profile: a name, or the path of a file.
    pub profile: String,
    /// Candidates, the active one first.
    pub hosts: Vec<NodeName>,
    /// Where its state lies, where it is told.
    pub store: Option<StorePlace>,
    /// Hosts that the service needs in further roles, by role, such as `submit` or `scheduler`.
    pub roles: BTreeMap<String, Vec<NodeName>>,
    /// Server names in order, as each node has them.
    pub names: BTreeMap<NodeName, Vec<String>>,
    /// Whether a lost host is fenced; absent: as the profile has it.
    pub fencing: Option<bool>,
    /// A supervisor starts the process again so long after its death, ms.
    pub restart_ms: Option<u64>,
    /// Whether nodes that lost their master let work run to its end.
    pub run_to_completion: Option<bool>,
    /// Whether nodes reach their file server through the active server's host.
    pub files_through_head: Option<bool>,
    /// Whether the service returns to the first host by itself; absent: as the profile has it.
    pub failback: Option<bool>,
    /// How far apart the clocks of its hosts may be, ms.
    pub skew_ms: Option<u64>,
    /// Something asks the service itself so often and starts it again when it does not answer, ms.
    pub health_check_ms: Option<u64>,
    /// How long running work bears to be without it, ms; absent: as the profile has it.
    pub bears_ms: Option<u64>,
    /// Whether a node that starts waits until it has seen all others once.
    pub wait_for_all: Option<bool>,
    /// Whether nodes are made orphans before their master is rebooted on purpose.
    pub orphans_first: Option<bool>,
    /// The service, by name, that manages the jobs of nodes that this one keeps.
    pub job_manager: Option<String>,
    /// Parameters of the profile's detector that differ.
    pub parameters: BTreeMap<String, f64>,
    /// Where it stands in the policy file.
    pub place: Place,
}

impl DeclaredService {
    /// A service of which only name, profile and hosts are known.
    #[must_use]
    pub fn new(name: &str, profile: &str, hosts: Vec<NodeName>) -> Self {
        Self {
            name: name.to_owned(),
            profile: profile.to_owned(),
            hosts,
            store: None,
            roles: BTreeMap::new(),
            names: BTreeMap::new(),
            fencing: None,
            restart_ms: None,
            run_to_completion: None,
            files_through_head: None,
            failback: None,
            skew_ms: None,
            health_check_ms: None,
            bears_ms: None,
            wait_for_all: None,
            orphans_first: None,
            job_manager: None,
            parameters: BTreeMap::new(),
            place: Place { line: 0, column: 0 },
        }
    }

    /// Every host it needs for something, by name.
    #[must_use]
    pub fn all_hosts(&self) -> Vec<&NodeName> {
        let store = self.store.iter().filter_map(|store| store.on.as_ref());
        let mut all: Vec<&NodeName> =
            self.hosts.iter().chain(store).chain(self.roles.values().flatten()).collect();
        all.sort();
        all.dedup();
        all
    }

    /// Roles that a host has beside that of a candidate, by name.
    pub fn roles_of<'s>(&'s self, host: &NodeName) -> impl Iterator<Item = &'s str> {
        let has = self.roles.iter().filter(move |(_, hosts)| hosts.contains(host));
        has.map(|(role, _)| role.as_str()).collect::<Vec<_>>().into_iter()
    }

    /// Whether the store is served by this host.
    #[must_use]
    pub fn stores_on(&self, host: &NodeName) -> bool {
        self.store.as_ref().is_some_and(|store| store.on.as_ref() == Some(host))
    }
}

/// Where the state of a service lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorePlace {
    /// What it is.
    pub kind: StoreKind,
    /// Host that serves it, where one does.
    pub on: Option<NodeName>,
    /// Folder with the state.
    pub path: Option<String>,
}

/// What a store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreKind {
    /// NFS version 3: the lock of a dead host stays until somebody clears it.
    Nfs3,
    /// NFS version 4: the lock of a dead host is free after its lease.
    Nfs4,
    /// A cluster file system, such as GFS2, OCFS2 or Lustre.
    Cluster,
    /// A disk of one host.
    Local,
    /// A block device that is copied, such as DRBD.
    Replicated,
}

impl StoreKind {
    /// All kinds.
    pub const ALL: [Self; 5] =
        [Self::Nfs3, Self::Nfs4, Self::Cluster, Self::Local, Self::Replicated];

    /// The kind's name in options, files and documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nfs3 => "nfs3",
            Self::Nfs4 => "nfs4",
            Self::Cluster => "cluster",
            Self::Local => "local",
            Self::Replicated => "replicated",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
