//! One question to the kernel over netlink, asked again when the answer was disturbed.

use std::io;
use std::time::Duration;

use rtnetlink::sys::{AsyncSocket, AsyncSocketExt, SocketAddr, TokioSocket};

use crate::model::Gap;

use super::error::DumpError;
use super::recording::Datagram;
use super::wire::{NLM_F_DUMP_INTR, NLMSG_DONE, NLMSG_ERROR, NLMSG_OVERRUN, messages};

/// How often a disturbed dump is asked for.
const TRIES: usize = 8;
/// How long the kernel may take for one datagram; a busy RTNL lock can hold it up.
const PATIENCE: Duration = Duration::from_secs(30);
/// Twice the most that the kernel puts into one datagram of a dump.
const DATAGRAM_BYTES: usize = 64 * 1024;
/// Receive buffer of the socket; the kernel takes less if its limit is lower.
const SOCKET_BUFFER_BYTES: u32 = 1024 * 1024;
/// Where a dump is cut off.
const MOST_BYTES: usize = 64 * 1024 * 1024;

const NLM_F_MULTI: u16 = 2;
pub(super) const ENOBUFS: i32 = 105;

/// Whether the kernel is to check requests strictly, which makes it filter by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    Strict,
    Lenient,
}

/// Datagrams of an answer, and what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) datagrams: Vec<Datagram>,
    pub(super) flaw: Option<Flaw>,
}

/// Why an answer may be incomplete or contradict itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Flaw {
    #[error("changed while it was read, {0} times in a row: entries may be missing or double")]
    Interrupted(usize),
    #[error("cut off after {} MiB", MOST_BYTES >> 20)]
    CutOff,
}

/// Whether a gap tells of a dump that was disturbed to the last try.
pub(super) fn is_disturbed(gap: &Gap) -> bool {
    gap.cause == Flaw::Interrupted(TRIES).to_string()
}

/// Sends `request` and collects the answer. A dump during which something changed, or of which
/// messages were lost, is asked for again.
pub(super) async fn ask(
    protocol: isize,
    check: Check,
    request: &[u8],
) -> Result<Answer, DumpError> {
    let mut last = Err(DumpError::Overrun(TRIES));
    for _ in 0..TRIES {
        match ask_once(protocol, check, request).await {
            Ok(answer) if matches!(answer.flaw, Some(Flaw::Interrupted(_))) => last = Ok(answer),
            Err(DumpError::Overrun(_)) => {}
            done => return done,
        }
    }
    last
}

async fn ask_once(protocol: isize, check: Check, request: &[u8]) -> Result<Answer, DumpError> {
    let socket = open(protocol, check)?;
    socket.send(request).await.map_err(failed("send"))?;
    let mut answer = Answer::default();
    let mut buffer = Vec::with_capacity(DATAGRAM_BYTES);
    let mut bytes = 0;
    loop {
        buffer.clear();
        let received = tokio::time::timeout(PATIENCE, socket.recv(&mut buffer)).await;
        let received = received.map_err(|_| DumpError::Timeout(PATIENCE.as_secs()))?;
        received.map_err(lost_or_failed)?;
        let progress = look_at(&buffer)?;
        if progress.interrupted {
            answer.flaw = Some(Flaw::Interrupted(TRIES));
        }
        bytes += buffer.len();
        answer.datagrams.push(Datagram::new(buffer.as_slice().to_vec()));
        if progress.ended {
            return Ok(answer);
        }
        if bytes > MOST_BYTES {
            answer.flaw = Some(Flaw::CutOff);
            return Ok(answer);
        }
    }
}

fn open(protocol: isize, check: Check) -> Result<TokioSocket, DumpError> {
    let mut socket = TokioSocket::new(protocol).map_err(failed("open"))?;
    let raw = socket.socket_mut();
    raw.bind_auto().map_err(failed("bind"))?;
    raw.connect(&SocketAddr::new(0, 0)).map_err(failed("connect"))?;
    raw.set_rx_buf_sz(SOCKET_BUFFER_BYTES).map_err(failed("set the receive buffer"))?;
    if check == Check::Strict {
        raw.set_netlink_get_strict_chk(true)
            .map_err(|source| DumpError::Refused { source, answer: None })?;
    }
    Ok(socket)
}

fn failed(step: &'static str) -> impl Fn(io::Error) -> DumpError {
    move |source| DumpError::Socket { step, source }
}

fn refused(errno: i32, datagram: &[u8]) -> DumpError {
    let answer = Some(Datagram::new(datagram.to_vec()));
    DumpError::Refused { source: io::Error::from_raw_os_error(errno), answer }
}

fn lost_or_failed(error: io::Error) -> DumpError {
    match error.raw_os_error() {
        Some(ENOBUFS) => DumpError::Overrun(TRIES),
        _ => failed("receive")(error),
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Progress {
    ended: bool,
    interrupted: bool,
}

/// Whether a datagram ends the answer, and whether the dump was disturbed.
fn look_at(datagram: &[u8]) -> Result<Progress, DumpError> {
    let mut progress = Progress::default();
    if datagram.is_empty() {
        return Err(failed("receive")(io::ErrorKind::UnexpectedEof.into()));
    }
    for message in messages(datagram) {
        let message = message
            .map_err(|fault| DumpError::Malformed { offset: fault.offset, source: fault.found })?;
        progress.interrupted |= message.flags & NLM_F_DUMP_INTR != 0;
        progress.ended |= message.flags & NLM_F_MULTI == 0;
        match message.kind {
            NLMSG_OVERRUN => return Err(DumpError::Overrun(TRIES)),
            NLMSG_DONE | NLMSG_ERROR => match message.errno() {
                0 => progress.ended = true,
                errno => return Err(refused(errno, datagram)),
            },
            _ => {}
        }
    }
    Ok(progress)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u16, flags: u16, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(16 + payload.len()).unwrap();
        let fields = [&length.to_ne_bytes()[..], &kind.to_ne_bytes(), &flags.to_ne_bytes()];
        [&fields.concat(), &[0; 8][..], payload].concat()
    }

    #[test]
    fn the_end_of_a_dump_is_seen() {
        let more = message(16, NLM_F_MULTI, &[]);
        assert_eq!(look_at(&more).unwrap(), Progress::default());
        let done = [more.clone(), message(NLMSG_DONE, NLM_F_MULTI, &[0; 4])].concat();
        assert!(look_at(&done).unwrap().ended);
        let single = message(16, 0, &[]);
        assert!(look_at(&single).unwrap().ended);
    }

    #[test]
    fn a_disturbed_dump_is_seen() {
        let disturbed = message(16, NLM_F_MULTI | NLM_F_DUMP_INTR, &[]);
        assert!(look_at(&disturbed).unwrap().interrupted);
        let lost = message(NLMSG_OVERRUN, NLM_F_MULTI, &[]);
        assert!(matches!(look_at(&lost), Err(DumpError::Overrun(_))));
    }

    #[test]
    fn errors_and_cut_off_datagrams_are_told() {
        let refused = message(NLMSG_ERROR, 0, &(-1_i32).to_ne_bytes());
        let Err(DumpError::Refused { source, answer }) = look_at(&refused) else {
            panic!("not refused");
        };
        assert_eq!(source.raw_os_error(), Some(1));
        assert_eq!(answer, Some(Datagram::new(refused)));
        let cut = message(16, NLM_F_MULTI, &[0; 40]);
        assert!(matches!(look_at(&cut[..30]), Err(DumpError::Malformed { offset: 0, .. })));
        assert!(look_at(&[]).is_err());
    }
}
