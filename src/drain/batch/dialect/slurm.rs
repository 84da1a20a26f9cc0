//! Commands of Slurm: `scontrol`, `squeue`.

use super::{Dialect, Turn};
use crate::model::{DrainMode, DrainPurpose, NodeName, shell_word};

/// Slurm.
#[derive(Clone, Copy, Debug)]
pub(in crate::drain::batch) struct Slurm;

impl Dialect for Slurm {
    fn close(&self, turn: &Turn<'_>) -> Vec<(String, &'static str)> {
        let node = shell_word(&turn.host.node);
        let drain = (
            format!("scontrol update NodeName={node} State=DRAIN Reason=\"planned work\""),
            "no new jobs",
        );
        match turn.mode {
            DrainMode::Drain => vec![drain],
            DrainMode::Reserve => vec![(
                format!(
                    "scontrol create reservation ReservationName={} StartTime=now+{}minutes \
                     Duration={} Users=root Flags=MAINT Nodes={node}",
                    reservation(&turn.host.node),
                    turn.minutes(),
                    turn.away_minutes(),
                ),
                "only jobs that are over by then",
            )],
            DrainMode::Requeue => vec![
                drain,
                (
                    format!(
                        "squeue -h -w {node} -t R -o %A | sort -u | xargs -r -n 1 scontrol requeue"
                    ),
                    "jobs that may be started anew go back to the queue; Slurm refuses the others",
                ),
            ],
        }
    }

    fn is_empty(&self, node: &NodeName) -> String {
        format!("test -z \"$(squeue -h -w {} -o %A)\"", shell_word(node))
    }

    fn release(&self, turn: &Turn<'_>) -> Vec<(Option<String>, String)> {
        let node = shell_word(&turn.host.node);
        match turn.purpose {
            DrainPurpose::Return if turn.away_s > 0.0 => vec![(
                Some(format!("scontrol reboot nextstate=RESUME {node}")),
                "reboot it; Slurm takes it back by itself".to_owned(),
            )],
            DrainPurpose::Return => vec![(None, format!("do on {node} what it was emptied for"))],
            DrainPurpose::Move { server } => moved(&node, server),
        }
    }

    fn back(&self, turn: &Turn<'_>) -> Vec<(String, String)> {
        let node = shell_word(&turn.host.node);
        match (turn.mode, turn.purpose) {
            (DrainMode::Reserve, _) if !turn.host.had_begun => vec![(
                format!("scontrol delete ReservationName={}", reservation(&turn.host.node)),
                "end the reservation".to_owned(),
            )],
            (_, DrainPurpose::Return) if turn.away_s <= 0.0 => vec![(
                format!("scontrol update NodeName={node} State=RESUME"),
                "back in use".to_owned(),
            )],
            _ => Vec::new(),
        }
    }
}

/// Over to another cluster.
fn moved(node: &str, server: &str) -> Vec<(Option<String>, String)> {
    vec![
        (
            Some(format!(
                "scontrol update NodeName={node} State=DOWN Reason=\"moved to {server}\""
            )),
            format!("out of the old cluster; take {node} out of its slurm.conf"),
        ),
        (
            Some(format!("ssh {node} \"systemctl stop slurmd\"")),
            format!("then give {node} the slurm.conf of {server}, or slurmd its --conf-server"),
        ),
        (Some(format!("ssh {node} \"systemctl start slurmd\"")), format!("serves {server}")),
    ]
}

/// A reservation's name.
fn reservation(node: &NodeName) -> String {
    shell_word(format!("drain-{node}"))
}
