//! Windows HPC Server 2008 R2: from the scheduler's last event to a cluster at work.

use jiff::Timestamp;

use super::{guarded, step, typed};
use crate::model::{RestorePlan, Site, Step};

const POWERSHELL: &str = "HPC PowerShell";
const PROMPT: &str = "elevated command prompt on the head node";
const CANCELLED: &str = "Get-HpcJob -State Canceled | Where-Object {$_.Error -like \"*The scheduler is in restoration*\"}";

/// The steps after the start of the scheduler.
pub(super) fn steps(plan: &RestorePlan, site: &Site) -> Vec<Step> {
    let mut steps = vec![check_events(plan), restart_nodes(site)];
    if site.azure {
        steps.push(azure_nodes());
    }
    steps.push(step(
        "HPC Cluster Manager",
        "Run all diagnostic tests, and look at state and health of the nodes in Node Management.",
    ));
    steps.extend(triage(site));
    if site.wcf {
        steps.push(delete_queues());
    }
    steps
}

fn check_events(plan: &RestorePlan) -> Step {
    let count = plan.events.len();
    step(
        "Event Viewer on the head node",
        format!(
            "Compare the warnings with the {count} predicted lines: export the log to a file and \
             give it to --verify. Wait for \"Scheduler restore complete.\" before going on: only \
             then has the scheduler cleared the key and begun to schedule."
        ),
    )
}

fn restart_nodes(site: &Site) -> Step {
    let changed = "If nodes were added or redeployed since the backup, restart those by hand.";
    if site.head_runs_compute {
        return guarded(
            "NODES leaves the head node out: it has the compute or broker role, and clusrun /all would \
             hit it too",
            typed(
                PROMPT,
                format!(
                    "Restart the management and node services on compute, broker and workstation \
                     nodes instead of the nodes themselves. {changed}"
                ),
                "clusrun /nodes:NODES \"net stop hpcnodemanager & net stop hpcmanagement & net start \
                 hpcmanagement & net start hpcnodemanager\"",
            ),
        );
    }
    guarded(
        "the head node has neither the compute nor the broker role: with one of them it would \
         restart too",
        typed(
            PROMPT,
            format!("Restart compute, broker and workstation nodes. {changed}"),
            "clusrun /all shutdown -r",
        ),
    )
}

fn azure_nodes() -> Step {
    guarded(
        "the deployment was stopped in the portal",
        step(
            "HPC Cluster Manager",
            "Stop Azure nodes that are online and in Error by hand. If their node template starts \
             and stops them by itself, set it to manual first. Start them again when the cluster is \
             stable.",
        ),
    )
}

/// The time to which ages are counted, as PowerShell has it.
fn now(site: &Site) -> String {
    let told = site.now.and_then(|now| Timestamp::from_second(now).ok());
    told.map_or_else(|| "[datetime]::Now".to_owned(), |now| format!("([datetime]\"{now}\")"))
}

/// What was cancelled, and what to do about it.
fn triage(site: &Site) -> Vec<Step> {
    let now = now(site);
    vec![
        typed(
            POWERSHELL,
            "List what was cancelled by owner, priority and submit time.",
            format!(
                "{CANCELLED} | Select-Object Owner, Priority, Id, SubmitTime, StartTime, RunTime | \
                 Sort-Object Owner, Priority, SubmitTime | Format-Table"
            ),
        ),
        guarded(
            "the jobs of the advice that finished since, or may have, are taken out: requeued they \
             repeat their work",
            typed(
                POWERSHELL,
                "Requeue by age and priority what is worth it, such as jobs of the highest priority \
                 submitted within a day.",
                format!(
                    "$since = {now}.AddDays(-1)\n{CANCELLED} | Where-Object \
                     {{($_.SubmitTime -gt $since) -and ($_.Priority -eq \"Highest\")}} | \
                     Submit-HpcJob"
                ),
            ),
        ),
        guarded(
            "they are stuck: a job that is being cancelled needs its time",
            typed(
                POWERSHELL,
                "Force jobs that stay in Canceling.",
                "Get-HpcJob -State Canceling | Stop-HpcJob -Force",
            ),
        ),
    ]
}

fn delete_queues() -> Step {
    guarded(
        "no session that matters is open: what waits in these queues is lost",
        typed(
            "Windows PowerShell as administrator on each WCF broker node",
            "Delete the private message queues of the broker; with old ones SOA jobs may not run.",
            "[System.Reflection.Assembly]::LoadWithPartialName(\"System.Messaging\")\n\
             [System.Messaging.MessageQueue]::GetPrivateQueuesByMachine(\"localhost\") | \
             Where-Object {\"$($_.FormatName)\" -like \"*hpc*re*\"} | \
             ForEach-Object {[System.Messaging.MessageQueue]::Delete($_.Path)}",
        ),
    )
}
