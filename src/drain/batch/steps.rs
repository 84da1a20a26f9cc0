//! The commands of a plan, in their order.

use super::dialect::{Dialect, Turn, dialect};
use crate::model::{BatchDrain, BatchSystem, DrainPurpose, DrainStep, HostTurn};

/// Nodes of the first batch, with which a new server is tried.
const FIRST: usize = 5;

/// What to do, step by step: first what holds configuration management back, then each node in the
/// order of the turns, at last what lets it go on.
///
/// The steps of a node come at the moment that the plan expects; each that needs an empty node has
/// a guard that fails as long as there is a job on exactly this node. None for a batch system whose
/// commands are not known.
#[must_use]
pub fn steps(plan: &BatchDrain, system: BatchSystem, purpose: &DrainPurpose) -> Vec<DrainStep> {
    let Some(dialect) = dialect(system).filter(|_| !plan.hosts.is_empty()) else {
        return Vec::new();
    };
    let mut steps = vec![remark(
        "pause configuration management (such as puppet agent --disable) on these nodes and on the \
         servers, so that it does not undo the steps",
    )];
    let mut by_time = Vec::new();
    for host in &plan.hosts {
        let turn = Turn { host, mode: plan.mode, away_s: host.back_s - host.empty.p50, purpose };
        by_time.extend(close(&*dialect, &turn));
        by_time.extend(release(&*dialect, &turn));
    }
    by_time.extend(trial(plan, purpose));
    by_time.sort_by(|a, b| a.at_s.unwrap_or_default().total_cmp(&b.at_s.unwrap_or_default()));
    steps.extend(by_time);
    if let DrainPurpose::Move { server } = purpose {
        steps.push(remark(&format!("run a test job through {server} once more")));
    }
    steps.push(remark("resume configuration management"));
    steps
}

fn remark(text: &str) -> DrainStep {
    DrainStep { at_s: None, node: None, guard: None, command: None, text: text.to_owned() }
}

/// What takes a node out of use.
fn close(dialect: &dyn Dialect, turn: &Turn<'_>) -> Vec<DrainStep> {
    if turn.host.had_begun {
        return Vec::new();
    }
    let step = |(command, text): (String, &str)| DrainStep {
        at_s: Some(turn.host.start_s),
        node: Some(turn.host.node.clone()),
        guard: None,
        command: Some(command),
        text: text.to_owned(),
    };
    dialect.close(turn).into_iter().map(step).collect()
}

/// What is done with an empty node, and what brings it back when it is up again.
fn release(dialect: &dyn Dialect, turn: &Turn<'_>) -> Vec<DrainStep> {
    let guard = dialect.is_empty(&turn.host.node);
    let step = |(command, text), at_s, guard| DrainStep {
        at_s: Some(at_s),
        node: Some(turn.host.node.clone()),
        guard,
        command,
        text,
    };
    let empty = dialect.release(turn).into_iter();
    let empty = empty.map(|it| step(it, turn.host.empty.p50, Some(guard.clone())));
    let back = dialect.back(turn).into_iter();
    let back = back.map(|(command, text)| step((Some(command), text), turn.host.back_s, None));
    empty.chain(back).collect()
}

/// A new server is tried with the first nodes that are empty before others follow.
fn trial(plan: &BatchDrain, purpose: &DrainPurpose) -> Option<DrainStep> {
    let DrainPurpose::Move { server } = purpose else { return None };
    let mut hosts: Vec<&HostTurn> = plan.hosts.iter().collect();
    hosts.sort_by(|a, b| a.empty.p50.total_cmp(&b.empty.p50));
    hosts.truncate(FIRST);
    let names: Vec<&str> = hosts.iter().map(|it| it.node.as_str()).collect();
    let text = format!(
        "test {server} with the first batch ({}): run a job on each, and go on only when all is well",
        names.join(", ")
    );
    let at_s = hosts.last().map(|it| it.back_s);
    Some(DrainStep { at_s, ..remark(&text) })
}
