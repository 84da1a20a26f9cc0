//! The socket on which the kernel tells what changes.

use std::io;

use rtnetlink::sys::protocols::NETLINK_ROUTE;
use rtnetlink::sys::{AsyncSocket, AsyncSocketExt, Socket, SocketAddr, TokioSocket};
use rustix::net::sockopt::set_socket_recv_buffer_size_force;

use super::super::socket::ENOBUFS;

/// Groups by their numbers (`RTNLGRP_*`): interfaces, IPv4 addresses and routes, IPv6 addresses and
/// routes. Rules (`ip rule`) are not among them, since no plan reads them.
const GROUPS: [u32; 5] = [1, 5, 7, 9, 11];
/// Next-hop objects (Linux 5.3); routes through one go with it.
const NEXT_HOPS: u32 = 32;

/// Longer than any notification: the kernel makes them of at most 32 KiB.
const DATAGRAM_BYTES: usize = 64 * 1024;
/// How many datagrams are taken before others have their turn.
const MOST_AT_ONCE: usize = 4096;

/// A subscription to interfaces, addresses and routes.
pub(super) struct Subscription {
    socket: TokioSocket,
    buffer: Vec<u8>,
}

/// What was taken off the socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Drained {
    /// How many datagrams.
    pub(super) datagrams: usize,
    /// Whether the kernel had to drop some.
    pub(super) overrun: bool,
    /// Whether nothing was left.
    emptied: bool,
}

impl Subscription {
    /// Subscribes, with a receive buffer of about that many bytes.
    pub(super) fn open(buffer_bytes: u32) -> io::Result<Self> {
        let mut socket = TokioSocket::new(NETLINK_ROUTE)?;
        let raw = socket.socket_mut();
        set_buffer(raw, buffer_bytes)?;
        raw.bind_auto()?;
        // Nobody but the kernel may send to a connected socket.
        raw.connect(&SocketAddr::new(0, 0))?;
        for group in GROUPS {
            raw.add_membership(group)?;
        }
        // A kernel without next-hop objects has no routes through any.
        let _ = raw.add_membership(NEXT_HOPS);
        Ok(Self { socket, buffer: Vec::with_capacity(DATAGRAM_BYTES) })
    }

    /// Waits until there is something, and takes all that is there. Nothing is lost if the wait is
    /// given up.
    pub(super) async fn wait(&mut self, mut take: impl FnMut(&[u8])) -> io::Result<Drained> {
        self.buffer.clear();
        let mut drained = Drained::default();
        let first = self.socket.recv(&mut self.buffer).await;
        drained.note(first.map(|()| &*self.buffer), &mut take)?;
        drain(self.socket.socket_ref(), &mut self.buffer, drained, &mut take)
    }

    /// Takes what is there, without waiting, whether the event loop has noticed it or not.
    pub(super) fn drain(&mut self, mut take: impl FnMut(&[u8])) -> io::Result<Drained> {
        let drained = Drained::default();
        drain(self.socket.socket_ref(), &mut self.buffer, drained, &mut take)
    }
}

/// Root may go beyond the kernel's limit (`net.core.rmem_max`); others get no more than that.
fn set_buffer(socket: &Socket, bytes: u32) -> io::Result<()> {
    let size = usize::try_from(bytes).unwrap_or(usize::MAX);
    match set_socket_recv_buffer_size_force(socket, size) {
        Ok(()) => Ok(()),
        Err(_) => socket.set_rx_buf_sz(bytes),
    }
}

fn drain(
    socket: &Socket,
    buffer: &mut Vec<u8>,
    mut drained: Drained,
    take: &mut impl FnMut(&[u8]),
) -> io::Result<Drained> {
    while !drained.emptied && (drained.datagrams < MOST_AT_ONCE || drained.overrun) {
        buffer.clear();
        let received = socket.recv(buffer, 0);
        drained.note(received.map(|_| &**buffer), take)?;
    }
    Ok(drained)
}

impl Drained {
    /// Takes a datagram. After an overrun what is there is passed over, since the kernel sends
    /// nothing new until all is taken.
    fn note(
        &mut self,
        received: io::Result<&[u8]>,
        take: &mut impl FnMut(&[u8]),
    ) -> io::Result<()> {
        match received {
            Ok(datagram) => {
                self.datagrams += 1;
                if !self.overrun {
                    take(datagram);
                }
            }
            Err(error) if error.raw_os_error() == Some(ENOBUFS) => self.overrun = true,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.emptied = true,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
