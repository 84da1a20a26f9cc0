//! One node: asking it, making sense of the answer, keeping the inventory.

use std::error::Error;
use std::future::pending;
use std::iter::successors;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;
use tokio::task::spawn_blocking;

use super::ssh::{Ended, Limits, Told};
use super::text::{last_line, printable};
use super::{CollectOptions, Destination, NodeError, Parse, Stored, carry_on, script, ssh};
use crate::model::{NodeInventory, NodeName};
use crate::store::{Lock, write_atomic};

/// Longest time for ssh's own setting up of a connection.
const MAX_CONNECT: Duration = Duration::from_secs(10);
/// The exit status by which ssh tells of its own failure.
const SSH_FAILED: i32 = 255;

/// Asks the node and keeps its inventory. Reading and keeping wait for a lock and for the disk,
/// so they do it beside the event loop.
pub(super) async fn ask(
    destination: Destination,
    options: Arc<CollectOptions>,
    parse: Parse,
) -> Result<Stored, NodeError> {
    let answer = answer(&destination, &options).await?;
    let keep = move || {
        let node = destination.node();
        let inventory = read(&answer, node, parse)?;
        store(inventory, &options.nodes_dir)
    };
    match spawn_blocking(keep).await {
        Ok(kept) => kept,
        Err(error) => {
            carry_on(error);
            pending().await
        }
    }
}

async fn answer(destination: &Destination, options: &CollectOptions) -> Result<Vec<u8>, NodeError> {
    let script = script::compose(&options.program, options.time_limit);
    let limits = Limits { time: options.time_limit, bytes: options.answer_limit };
    let mut command = command(destination, options);
    let told = ssh::run(&mut command, script.as_bytes(), limits).await;
    let told = told.map_err(|source| NodeError::Start { program: options.ssh.clone(), source })?;
    judge(&told, limits)
}

/// The user's configuration decides; set is only what a run without a terminal needs: no
/// questions, no terminal, an end to connecting, and no port forwarding that a session open
/// elsewhere may hold.
fn command(destination: &Destination, options: &CollectOptions) -> Command {
    let connect = options.time_limit.min(MAX_CONNECT).as_secs().max(1);
    let mut command = Command::new(&options.ssh);
    if let Some(config) = &options.ssh_config {
        command.arg("-F").arg(config);
    }
    command
        .args(["-T", "-o", "BatchMode=yes", "-o", "ClearAllForwardings=yes"])
        .args(["-o", &format!("ConnectTimeout={connect}")])
        .args(["--", destination.as_str(), script::REMOTE_COMMAND]);
    command
}

fn judge(told: &Told, limits: Limits) -> Result<Vec<u8>, NodeError> {
    let reason = reason(told);
    match told.ended {
        Ended::Complete => match script::document(&told.printed) {
            Some(document) => Ok(document.to_vec()),
            None => Err(NodeError::NotAnswered { reason }),
        },
        Ended::Exited(status) => Err(failure(status, &told.printed, reason)),
        Ended::TooLarge => Err(NodeError::TooLarge { limit: limits.bytes }),
        Ended::TimedOut => Err(NodeError::TimedOut { limit: limits.time, reason }),
    }
}

fn failure(status: ExitStatus, printed: &[u8], reason: String) -> NodeError {
    if status.code() == Some(SSH_FAILED) {
        let reason = reason.strip_prefix("ssh: ").unwrap_or(&reason).to_owned();
        NodeError::Ssh { reason }
    } else if script::has_begun(printed) {
        NodeError::Truncated
    } else if status.success() {
        NodeError::NotAnswered { reason }
    } else {
        NodeError::Remote { status, reason }
    }
}

/// What was said last: on the standard error stream, or else on the standard output, where a
/// login shell such as `nologin` talks, unless the document has begun there.
fn reason(told: &Told) -> String {
    let printed =
        if script::has_begun(&told.printed) { None } else { last_line(end_of(&told.printed)) };
    let said = last_line(&told.complained).or(printed);
    said.unwrap_or_else(|| "it said nothing".to_owned())
}

fn end_of(printed: &[u8]) -> &[u8] {
    let start = printed.len().saturating_sub(4096);
    printed.get(start..).unwrap_or_default()
}

fn read(answer: &[u8], node: &NodeName, parse: Parse) -> Result<NodeInventory, NodeError> {
    let mut inventory = parse(answer, node).map_err(|error| NodeError::Document {
        reason: printable(chain(error.as_ref()).as_bytes()),
    })?;
    inventory.node = node.clone();
    Ok(inventory)
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let texts: Vec<String> =
        successors(Some(error), |error| (*error).source()).map(ToString::to_string).collect();
    texts.join(": ")
}

/// The name of the file is the host of a [`Destination`], so it can't lead out of the folder.
fn store(inventory: NodeInventory, nodes_dir: &Path) -> Result<Stored, NodeError> {
    let path = nodes_dir.join(format!("{}.json", inventory.node));
    let mut json = serde_json::to_vec_pretty(&inventory)
        .map_err(|error| NodeError::Document { reason: error.to_string() })?;
    json.push(b'\n');
    let lock = Lock::folder(nodes_dir)?;
    write_atomic(&path, &json)?;
    drop(lock);
    Ok(Stored { path, inventory })
}

#[cfg(test)]
mod tests {
    use super::super::parse_destination;
    use super::*;

    fn arguments(options: &CollectOptions) -> Vec<String> {
        let destination = parse_destination("admin@head1").unwrap();
        let command = command(&destination, options);
        let arguments = command.as_std().get_args();
        arguments.map(|argument| argument.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn ssh_gets_the_destination_after_the_options() {
        let options =
            CollectOptions { ssh_config: Some("my.conf".into()), ..CollectOptions::default() };
        let expected = "-F my.conf -T -o BatchMode=yes -o ClearAllForwardings=yes \
            -o ConnectTimeout=10 -- admin@head1";
        let mut expected: Vec<&str> = expected.split_whitespace().collect();
        expected.push("exec sh -s");
        assert_eq!(arguments(&options), expected);
    }

    #[test]
    fn connecting_takes_no_longer_than_the_whole() {
        for (limit, connect) in [(0.2, 1), (4.9, 4), (99.0, 10)] {
            let options = CollectOptions {
                time_limit: Duration::from_secs_f64(limit),
                ..CollectOptions::default()
            };
            assert!(arguments(&options).contains(&format!("ConnectTimeout={connect}")));
        }
    }
}
