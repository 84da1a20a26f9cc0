//! Fetching inventories from other nodes over the system's ssh.
//!
//! Each node is asked by one `ssh` process, with the user's own configuration, keys and jump
//! hosts. It runs a constant command, `sh -s`, and gets a script over its standard input, so no
//! text is ever quoted for a shell. The script asks `netplan-cluster discover` on the node, or
//! iproute2 where that is missing or fails. A node that fails keeps the inventory it had.

mod destination;
mod error;
mod node;
mod script;
mod ssh;
mod text;

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::{JoinError, JoinSet};

use crate::model::{NodeInventory, NodeName};
use destination::distinct;

pub use destination::{Destination, RemoteProgram, parse_destination};
pub use error::{CollectError, NodeError};

/// Reads the document that a node has answered with. The name is the node's.
pub type Parse = fn(&[u8], &NodeName) -> Result<NodeInventory, Box<dyn Error + Send + Sync>>;

/// How to ask the nodes.
#[derive(Clone, Debug)]
pub struct CollectOptions {
    /// The ssh program, a path or a name looked up in `PATH`.
    pub ssh: PathBuf,
    /// A configuration file for ssh (`-F`) in place of the user's and the system's.
    pub ssh_config: Option<PathBuf>,
    /// The program that a node is asked for first.
    pub program: RemoteProgram,
    /// Folder that the inventories are kept in, one `<host>.json` per node.
    pub nodes_dir: PathBuf,
    /// Time for one node, from starting ssh to the complete answer.
    pub time_limit: Duration,
    /// Nodes asked at the same time.
    pub parallel: NonZeroUsize,
    /// Size of one node's answer in bytes.
    pub answer_limit: usize,
}

impl Default for CollectOptions {
    fn default() -> Self {
        Self {
            ssh: PathBuf::from("ssh"),
            ssh_config: None,
            program: RemoteProgram::default(),
            nodes_dir: PathBuf::from("nodes"),
            time_limit: Duration::from_secs(30),
            parallel: NonZeroUsize::MIN.saturating_add(15),
            answer_limit: 64 << 20,
        }
    }
}

/// What became of one node.
#[derive(Debug)]
pub struct Outcome {
    /// The node.
    pub node: NodeName,
    /// The inventory that was kept, or why there is no new one.
    pub result: Result<Stored, NodeError>,
}

/// An inventory that was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Its file.
    pub path: PathBuf,
    /// What is in it.
    pub inventory: NodeInventory,
}

/// What is going on, for someone who watches.
#[derive(Debug)]
pub enum Progress<'a> {
    /// A node is being asked.
    Asking(&'a NodeName),
    /// A node is done with.
    Done {
        /// What became of it.
        outcome: &'a Outcome,
        /// Nodes done with so far, this one included.
        done: usize,
        /// Nodes asked in all.
        total: usize,
    },
}

/// Asks each node once and keeps its inventory, several nodes at the same time.
///
/// The outcomes are in the order asked. `parse` reads the answers; the node's name is then set to
/// the host that was asked. While it runs, SIGINT and SIGTERM end it, with every ssh that it has
/// started; they no longer end the process afterwards, so the caller should not do much more.
/// It must not be called from inside an asynchronous runtime.
///
/// # Errors
///
/// [`CollectError`] when the same node is asked as two users, when ssh processes can't be
/// watched, or when it is stopped by a signal. What goes wrong with a node is in its [`Outcome`].
pub fn collect(
    destinations: &[Destination],
    options: &CollectOptions,
    parse: Parse,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Vec<Outcome>, CollectError> {
    let asked = distinct(destinations)?;
    let runtime =
        Builder::new_current_thread().enable_all().build().map_err(CollectError::Prepare)?;
    let work = Work { options: Arc::new(options.clone()), parse };
    let outcomes = runtime.block_on(work.ask_all(&asked, progress));
    runtime.shutdown_background();
    outcomes
}

struct Work {
    options: Arc<CollectOptions>,
    parse: Parse,
}

impl Work {
    async fn ask_all(
        &self,
        asked: &[Destination],
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Vec<Outcome>, CollectError> {
        let mut stop = Stop::new().map_err(CollectError::Prepare)?;
        let mut waiting = asked.iter().enumerate();
        let mut running = JoinSet::new();
        let mut outcomes = BTreeMap::new();
        loop {
            while running.len() < self.options.parallel.get()
                && let Some((position, destination)) = waiting.next()
            {
                progress(Progress::Asking(destination.node()));
                running.spawn(self.ask(position, destination.clone()));
            }
            tokio::select! {
                () = stop.asked() => {
                    running.shutdown().await;
                    return Err(CollectError::Interrupted);
                }
                next = running.join_next() => match next {
                    None => return Ok(outcomes.into_values().collect()),
                    Some(Err(error)) => carry_on(error),
                    Some(Ok((position, outcome))) => {
                        let (done, total) = (outcomes.len() + 1, asked.len());
                        progress(Progress::Done { outcome: &outcome, done, total });
                        outcomes.insert(position, outcome);
                    }
                },
            }
        }
    }

    fn ask(
        &self,
        position: usize,
        destination: Destination,
    ) -> impl Future<Output = (usize, Outcome)> + Send + 'static {
        let (options, parse) = (Arc::clone(&self.options), self.parse);
        async move {
            let node = destination.node().clone();
            let result = node::ask(destination, options, parse).await;
            (position, Outcome { node, result })
        }
    }
}

/// A panic in a task is a panic here; a task is cancelled only when nobody waits for it any more.
fn carry_on(error: JoinError) {
    if let Ok(panic) = error.try_into_panic() {
        resume_unwind(panic);
    }
}

/// The signals that ask to stop.
struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => (),
            _ = self.terminate.recv() => (),
        }
    }
}
