//! What configuration files of batch systems say.

/// What `slurm.conf` says about its controllers; what it does not say is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlurmConfig {
    /// Name of the cluster.
    pub cluster: Option<String>,
    /// Controllers (`SlurmctldHost`), the primary first.
    pub controllers: Vec<Controller>,
    /// `SlurmctldTimeout` in seconds.
    pub slurmctld_timeout_s: Option<u32>,
    /// `SlurmdTimeout` in seconds.
    pub slurmd_timeout_s: Option<u32>,
    /// `StateSaveLocation`.
    pub state_save_location: Option<String>,
    /// `SlurmUser`.
    pub user: Option<String>,
    /// `FirstJobId`.
    pub first_job_id: Option<u32>,
    /// `JobRequeue`: whether jobs are restarted unless they say otherwise.
    pub job_requeue: Option<bool>,
}

/// A host that may run `slurmctld`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Controller {
    /// Name.
    pub name: String,
    /// Address by which it is reached, if that is another.
    pub address: Option<String>,
}
