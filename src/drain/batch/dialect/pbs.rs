//! Commands of OpenPBS and TORQUE: `pbsnodes`, `qmgr`, `qrerun`.

use super::{Dialect, Turn};
use crate::model::{DrainMode, DrainPurpose, NodeName, shell_quoted, shell_word};

/// `OpenPBS`.
#[derive(Clone, Copy, Debug)]
pub(in crate::drain::batch) struct OpenPbs;

/// TORQUE.
#[derive(Clone, Copy, Debug)]
pub(in crate::drain::batch) struct Torque;

impl Dialect for OpenPbs {
    fn close(&self, turn: &Turn<'_>) -> Vec<(String, &'static str)> {
        let node = shell_word(&turn.host.node);
        let offline = (format!("pbsnodes -o -C \"planned work\" {node}"), "no new jobs");
        let minutes = turn.minutes();
        match turn.mode {
            DrainMode::Drain => vec![offline],
            DrainMode::Reserve => vec![(
                format!(
                    "pbs_rsub --hosts {node} -R \"$(date -d '+{minutes} minutes' +%Y%m%d%H%M)\" -D {}",
                    clock(turn.away_minutes())
                ),
                "only jobs that are over by then",
            )],
            DrainMode::Requeue => vec![offline, (rerun(&turn.host.node), RERUN)],
        }
    }

    fn is_empty(&self, node: &NodeName) -> String {
        has_no_job(node)
    }

    fn release(&self, turn: &Turn<'_>) -> Vec<(Option<String>, String)> {
        let node = shell_word(&turn.host.node);
        let DrainPurpose::Move { server } = turn.purpose else { return vec![work(turn)] };
        let script = format!(
            "sed -i s/^PBS_SERVER=.*/PBS_SERVER={server}/ /etc/pbs.conf && systemctl restart pbs"
        );
        vec![
            deleted(&turn.host.node),
            (
                Some(format!("ssh {node} {}", shell_quoted(&script))),
                format!("it reports to {server}"),
            ),
            created(&turn.host.node, server, ""),
        ]
    }

    fn back(&self, turn: &Turn<'_>) -> Vec<(String, String)> {
        let is_offline = (turn.mode != DrainMode::Reserve || turn.host.had_begun)
            && *turn.purpose == DrainPurpose::Return;
        let command = || format!("pbsnodes -r {}", shell_word(&turn.host.node));
        is_offline.then(|| (command(), BACK.to_owned())).into_iter().collect()
    }
}

impl Dialect for Torque {
    fn close(&self, turn: &Turn<'_>) -> Vec<(String, &'static str)> {
        let node = shell_word(&turn.host.node);
        let mut steps = vec![(format!("pbsnodes -o {node} -N \"planned work\""), "no new jobs")];
        if turn.mode == DrainMode::Requeue {
            steps.push((rerun(&turn.host.node), RERUN));
        }
        steps
    }

    fn is_empty(&self, node: &NodeName) -> String {
        has_no_job(node)
    }

    fn release(&self, turn: &Turn<'_>) -> Vec<(Option<String>, String)> {
        let node = shell_word(&turn.host.node);
        let DrainPurpose::Move { server } = turn.purpose else { return vec![work(turn)] };
        let script =
            format!("echo {server} > /var/spool/torque/server_name && systemctl restart pbs_mom");
        vec![
            deleted(&turn.host.node),
            (
                Some(format!("ssh {node} {}", shell_quoted(&script))),
                format!("it reports to {server}; the path is that of a default build"),
            ),
            created(&turn.host.node, server, " np=$(ssh NODE nproc)"),
        ]
    }

    fn back(&self, turn: &Turn<'_>) -> Vec<(String, String)> {
        let returns = *turn.purpose == DrainPurpose::Return;
        let command = || format!("pbsnodes -c {} -N \"\"", shell_word(&turn.host.node));
        returns.then(|| (command(), BACK.to_owned())).into_iter().collect()
    }
}

const BACK: &str = "back in use";
const RERUN: &str = "jobs that may be started anew go back to the queue; the others are refused";

fn rerun(node: &NodeName) -> String {
    format!("{} | xargs -r -n 1 qrerun", jobs_on(node))
}

/// Identities of the jobs on exactly this node.
fn jobs_on(node: &NodeName) -> String {
    format!(
        "pbsnodes {} | sed -n 's/^ *jobs = //p' | tr ', ' '\\n\\n' | sed 's|^[0-9-]*/||; s|/[0-9-]*$||' | sort -u",
        shell_word(node)
    )
}

fn has_no_job(node: &NodeName) -> String {
    format!("test -z \"$(pbsnodes {} | grep '^ *jobs = .')\"", shell_word(node))
}

/// What an empty node is for.
fn work(turn: &Turn<'_>) -> (Option<String>, String) {
    let node = shell_word(&turn.host.node);
    if turn.away_s > 0.0 {
        (Some(format!("ssh {node} reboot")), "reboot it".to_owned())
    } else {
        (None, format!("do on {node} what it was emptied for"))
    }
}

fn deleted(node: &NodeName) -> (Option<String>, String) {
    let command = format!("delete node {node}");
    (Some(format!("qmgr -c {}", shell_quoted(&command))), "out of the old server".to_owned())
}

fn created(node: &NodeName, server: &str, more: &str) -> (Option<String>, String) {
    let command = format!("create node {node}{}", more.replace("NODE", node.as_str()));
    let quoted = if more.is_empty() { shell_quoted(&command) } else { format!("\"{command}\"") };
    (Some(format!("qmgr -c {quoted} {server}")), format!("serves {server}"))
}

/// Minutes as PBS writes a duration.
fn clock(minutes: u64) -> String {
    format!("{:02}:{:02}:00", minutes / 60, minutes % 60)
}
