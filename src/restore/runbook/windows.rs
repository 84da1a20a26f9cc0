//! Windows HPC Server 2008 R2: from closed consoles to a scheduler that has left restore mode.

use super::{guarded, step, typed};
use crate::model::{RestorePlan, RestoreShape, Site, Step};

const HEAD: &str = "head node";
const EACH_HEAD: &str = "each head node";
const CONSOLES: &str = "every console";
const FAILOVER: &str = "Failover Cluster Manager";

/// Services of a single head node in the order in which they are stopped, and started.
const STOPPED: [&str; 5] =
    ["hpcscheduler", "hpcmanagement", "hpcreporting", "hpcsdm", "hpcdiagnostics"];
const STARTED: [&str; 5] =
    ["hpcsdm", "hpcscheduler", "hpcmanagement", "hpcreporting", "hpcdiagnostics"];
/// Services of head nodes that take over from each other: those that run on each by themselves.
const LOCAL: [&str; 2] = ["hpcmanagement", "hpcreporting"];
/// Those that the failover cluster runs.
const CLUSTERED: &str = "hpcscheduler, hpcsdm, hpcdiagnostics and hpcsession";

const SLOW_START: &str =
    "a message that hpcscheduler did not start within 30 s may be ignored: it takes longer";

/// The steps up to the start of the scheduler.
pub(super) fn steps(plan: &RestorePlan, site: &Site) -> Vec<Step> {
    match plan.shape {
        RestoreShape::FullSystem => full_system(plan, site),
        RestoreShape::SingleHead => single_head(plan, site),
        RestoreShape::HaCluster => ha_cluster(plan, site),
    }
}

fn full_system(plan: &RestorePlan, site: &Site) -> Vec<Step> {
    let mut steps = vec![before(plan)];
    steps.extend(azure(site));
    steps.push(guarded(
        "the backup is complete and can be read: the restore replaces the whole system",
        step(HEAD, "Restore the whole system with the tool that made the backup."),
    ));
    steps.push(step(
        HEAD,
        "Start the head node in safe mode, so that the scheduler does not start before the key is set.",
    ));
    steps.extend(set_key(HEAD));
    steps.push(guarded(
        "reg query shows Restore 0x1",
        step(HEAD, "Restart the head node in normal mode: the scheduler starts in restore mode."),
    ));
    steps
}

fn single_head(plan: &RestorePlan, site: &Site) -> Vec<Step> {
    let mut steps = vec![before(plan), close_consoles()];
    steps.push(stop(HEAD, &STOPPED));
    steps.extend(azure(site));
    steps.push(restore_databases(HEAD, "all five services are stopped (sc query shows STOPPED)"));
    steps.extend(set_key(HEAD));
    steps.push(guarded("reg query shows Restore 0x1", start(HEAD, &STOPPED, &STARTED)));
    steps
}

fn ha_cluster(plan: &RestorePlan, site: &Site) -> Vec<Step> {
    let first = "head node that is started first";
    let mut steps = vec![before(plan), close_consoles()];
    steps.push(step(
        FAILOVER,
        format!(
            "In the group of the head node take {CLUSTERED} offline, so that no head starts them."
        ),
    ));
    steps.push(stop(EACH_HEAD, &LOCAL));
    steps.extend(azure(site));
    steps.push(restore_databases(
        first,
        "the four resources are offline and hpcmanagement and hpcreporting are stopped on each head",
    ));
    steps.extend(set_key(first));
    steps.push(step(
        FAILOVER,
        "Make that head the active one: a scheduler that starts on another finds no key there, and \
         schedules at once.",
    ));
    steps.push(guarded(
        "the active head is the one on which reg query shows Restore 0x1",
        step(FAILOVER, format!("Bring {CLUSTERED} online; {SLOW_START}.")),
    ));
    steps.push(start("each head node, the active one first", &LOCAL, &LOCAL));
    steps
}

/// What to know before anything is touched.
fn before(plan: &RestorePlan) -> Step {
    let tasks = plan.stopped.tasks;
    guarded(
        "owners of running jobs agree, or have what they need: restore mode can't be told to spare any",
        step(
            "you",
            format!(
                "Keep this plan, and export jobs and tasks once more now. Every restart of the \
                 scheduler with the key set stops all tasks on all nodes, {tasks} by these dumps."
            ),
        ),
    )
}

fn close_consoles() -> Step {
    guarded(
        "nobody has HPC Cluster Manager open: one that is open during the restore may not operate \
         nodes afterwards",
        step(CONSOLES, "Close every HPC Cluster Manager."),
    )
}

fn stop(place: &str, services: &[&str]) -> Step {
    let disable = services.iter().map(|it| format!("sc config {it} start= disabled"));
    let halt = services.iter().map(|it| format!("net stop {it}"));
    let command: Vec<String> = disable.chain(halt).collect();
    typed(
        place,
        "In an elevated command prompt disable and stop the HPC services. Disabled they stay down \
         through a restart.",
        command.join("\n"),
    )
}

fn start(place: &str, enabled: &[&str], started: &[&str]) -> Step {
    let enable = enabled.iter().map(|it| format!("sc config {it} start= auto"));
    let begin = started.iter().map(|it| format!("net start {it}"));
    let command: Vec<String> = enable.chain(begin).collect();
    let note = if started.contains(&"hpcscheduler") { SLOW_START } else { "" };
    let text = "In an elevated command prompt enable and start the HPC services";
    let text = if note.is_empty() { format!("{text}.") } else { format!("{text}; {note}.") };
    typed(place, text, command.join("\n"))
}

fn restore_databases(place: &str, guard: &str) -> Step {
    guarded(
        format!("{guard}, and the backup is complete and can be read: the restore overwrites"),
        step(
            place,
            "Restore the HPC databases over the present ones, with the tool that made the backup.",
        ),
    )
}

/// The key that the scheduler looks for at every start.
fn set_key(place: &str) -> [Step; 3] {
    [
        guarded(
            "the cluster has Service Pack 2 or later",
            typed(
                place,
                "In HPC PowerShell, as administrator, tell the scheduler to start in restore mode. The \
                 vendor's text spells the parameter in both ways: use the one that your version knows.",
                "Set-HPCClusterProperty -RestoreMode:$true\nSet-HPCClusterProperty -Restore:$true",
            ),
        ),
        guarded(
            "the cluster has no Service Pack 2, or knows neither spelling",
            typed(
                place,
                "Set the key by hand instead, at an elevated command prompt.",
                "reg add HKLM\\Software\\Microsoft\\HPC /v Restore /t REG_DWORD /d 1 /f",
            ),
        ),
        typed(
            place,
            "Look that the key is there and 0x1: without it the scheduler starts to schedule at once.",
            "reg query HKLM\\Software\\Microsoft\\HPC /v Restore",
        ),
    ]
}

fn azure(site: &Site) -> Option<Step> {
    site.azure.then(|| {
        guarded(
            "it is the deployment of this cluster: stopping one ends what runs there",
            step(
                "Windows Azure Management Portal",
                "Under Hosted Services choose the deployment of the Azure nodes and stop it. Nodes \
                 that are in Error later can't be stopped from HPC Cluster Manager otherwise.",
            ),
        )
    })
}
