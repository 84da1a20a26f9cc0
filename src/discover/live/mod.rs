//! This host as it changes: the kernel's notifications on top of what it told when asked.

mod error;
mod held;
mod keys;
mod read;
mod routes;
mod socket;
mod stale;
#[cfg(test)]
mod tests;

use crate::model::{NodeInventory, NodeName};

use super::error::DecodeError;
pub use error::LiveError;
use held::Held;
use socket::{Drained, Subscription};

/// How often what is stale is read again before others have their turn.
const TRIES: usize = 8;
/// How many interfaces are asked for speed and hardware while notifications keep coming.
const FEW: usize = 16;

/// The present state of this host, kept up to date.
///
/// It subscribes before it reads, and applies what was told meanwhile after what was read, in the
/// kernel's order; so what it knows is a state that the kernel had, once [`Live::settle`] says so.
pub struct Live {
    subscription: Subscription,
    held: Held,
    overruns: usize,
}

/// What notifications alone lead to when nothing else is known. It takes any bytes, for fuzzing.
///
/// # Errors
/// Bytes that are no netlink messages.
pub fn replayed(node: NodeName, notifications: &[Vec<u8>]) -> Result<NodeInventory, DecodeError> {
    let mut held = Held::new(node);
    for datagram in notifications {
        held.apply(datagram);
    }
    held.inventory()
}

/// Whether the state is one that the kernel had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It is; notifications were lost so many times, after which everything was read again.
    Settled {
        /// How often the receive buffer was full since it was settled last.
        overruns: usize,
    },
    /// It changes faster than it can be read.
    Restless,
}

impl Live {
    /// Subscribes to this host's interfaces, addresses and routes, in the network namespace of the
    /// caller. Needs no rights, and a tokio event loop with I/O and time.
    ///
    /// `buffer_bytes` is the size of the receive buffer. Nothing is known before [`Live::settle`].
    ///
    /// # Errors
    /// When there is no netlink socket.
    pub fn open(node: NodeName, buffer_bytes: u32) -> Result<Self, LiveError> {
        let subscription = Subscription::open(buffer_bytes).map_err(LiveError::Open)?;
        Ok(Self { subscription, held: Held::new(node), overruns: 0 })
    }

    /// Waits for notifications and takes all that are there; gives their number. Nothing is lost if
    /// the wait is given up.
    ///
    /// # Errors
    /// When the socket fails for good.
    pub async fn changed(&mut self) -> Result<usize, LiveError> {
        let held = &mut self.held;
        let drained = self.subscription.wait(|datagram| held.apply(datagram)).await;
        self.take(drained)
    }

    /// Reads again what notifications do not tell, and everything where some were lost. Speed and
    /// hardware of many interfaces wait until it is `calm`.
    ///
    /// # Errors
    /// When the kernel does not answer, or answers what can't be decoded.
    pub async fn settle(&mut self, calm: bool) -> Result<Settled, LiveError> {
        for _ in 0..TRIES {
            if !self.held.stale.dumps() {
                if calm || self.has_few_stale_facts() {
                    read::read_facts(&mut self.held).await?;
                }
                return Ok(Settled::Settled { overruns: std::mem::take(&mut self.overruns) });
            }
            let stale = self.held.stale.take_dumps();
            read::read_dumps(&mut self.held, &stale).await?;
            let held = &mut self.held;
            let drained = self.subscription.drain(|datagram| held.apply(datagram));
            self.take(drained)?;
        }
        Ok(Settled::Restless)
    }

    /// Whether speed or hardware of some interface is still to be read.
    #[must_use]
    pub fn has_stale_facts(&self) -> bool {
        self.held.stale.all_facts || !self.held.stale.facts.is_empty()
    }

    /// The inventory of this host as it is now, without a time.
    ///
    /// # Errors
    /// Bytes that are no netlink messages.
    pub fn inventory(&mut self) -> Result<NodeInventory, DecodeError> {
        self.held.inventory()
    }

    fn has_few_stale_facts(&self) -> bool {
        let stale = &self.held.stale;
        self.has_stale_facts() && !stale.all_facts && stale.facts.len() <= FEW
    }

    fn take(&mut self, drained: std::io::Result<Drained>) -> Result<usize, LiveError> {
        let drained = drained.map_err(LiveError::Lost)?;
        if drained.overrun {
            self.overruns += 1;
            self.held.stale = stale::Stale::everything();
        }
        Ok(drained.datagrams)
    }
}
